/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the build runs: `node embed.mjs NPM FOLDER DEPFILE`. It installs the pinned packages into FOLDER, bundles into
 * FOLDER/dist and writes web.gresource.xml, the list by which glib-compile-resources embeds the bundle. Nothing is
 * written beside the sources, so any number of build folders may work at the same time. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [npm, folder, depfile] = process.argv.slice(2);
const pinned = ['package.json', 'package-lock.json', '.npmrc'];
const modules = join(folder, 'node_modules'), installed = join(modules, '.installed-from');

const lock = readFileSync(join(here, 'package-lock.json'), 'utf8');
if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lock) {
  mkdirSync(folder, { recursive: true });
  for (const name of pinned) copyFileSync(join(here, name), join(folder, name));
  execFileSync(npm, ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
  writeFileSync(installed, lock);
}
execFileSync(process.execPath, [join(here, 'build.mjs'), join(folder, 'dist'), modules], { stdio: 'inherit' });

function filesBelow(top) {
  return readdirSync(top, { withFileTypes: true }).flatMap(entry => entry.isDirectory() ? filesBelow(join(top, entry.name)) : [join(top, entry.name)]).sort();
}
const names = filesBelow(join(folder, 'dist')).map(file => relative(join(folder, 'dist'), file));
writeFileSync(join(folder, 'web.gresource.xml'), `<?xml version="1.0" encoding="UTF-8"?>
<gresources>
  <gresource prefix="/meno/web">
${names.map(name => `    <file>${name}</file>`).join('\n')}
  </gresource>
</gresources>
`);
const inputs = [...filesBelow(join(here, 'src')), ...[...pinned, 'build.mjs', 'embed.mjs'].map(name => join(here, name))];
writeFileSync(depfile, `${relative(process.cwd(), join(folder, 'web.gresource.xml'))}: ${inputs.map(file => file.replace(/([ #\\])/g, '\\$1')).join(' ')}\n`);
