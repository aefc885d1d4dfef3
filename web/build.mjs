/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Builds the browser client: `node build.mjs [OUT [MODULES]]` (default dist, node_modules). The result is what the
 * server hands out: index.html, theme.js (small, before the first paint), app.js, app.css, chunks and fonts with their
 * content's hash in the name, and licences.txt.
 *
 * Tabler's style sheet holds every component it has, half a megabyte; we keep the rules whose class names occur in our
 * sources. Its icons are data: addresses, which our content security policy refuses, so they become files.
 *
 * How it can be wrong: a class name put together at run time is not seen in the sources and its rule is lost. So we
 * write class names out in full. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, 'dist'));
const modules = resolve(process.argv[3] ?? join(here, 'node_modules'));
const source = join(here, 'src');
const { build } = createRequire(join(modules, 'build.mjs'))('esbuild');      /* wherever the packages stand */

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]).sort();
}

/* --- Tabler, cut to what is used ------------------------------------------------------------------------------------ */

const words = new Set(filesBelow(source).filter(file => /\.tsx?$/.test(file)).flatMap(file => readFileSync(file, 'utf8').match(/[A-Za-z][\w-]*/g) ?? []));

/* The text of a style sheet as [prelude, block] pairs; a block without braces inside is declarations. */
function* rules(css) {
  let start = 0, depth = 0, open = 0, quote = '';
  for (let at = 0; at < css.length; at++) {
    const char = css[at];
    if (quote) { if (char === '\\') at++; else if (char === quote) quote = ''; }
    else if (char === '"' || char === "'") quote = char;
    else if (char === '{') { if (depth++ === 0) open = at; }
    else if (char === '}') { if (--depth === 0) { yield [css.slice(start, open).trim(), css.slice(open + 1, at)]; start = at + 1; } }
    else if (char === ';' && depth === 0) { yield [css.slice(start, at).trim(), null]; start = at + 1; }
  }
}
function splitSelectors(list) {
  const parts = [];
  let depth = 0, start = 0;
  for (let at = 0; at < list.length; at++) {
    if (list[at] === '(' || list[at] === '[') depth++;
    else if (list[at] === ')' || list[at] === ']') depth--;
    else if (list[at] === ',' && depth === 0) { parts.push(list.slice(start, at)); start = at + 1; }
  }
  return [...parts, list.slice(start)];
}
const used = selector => (selector.replace(/:not\([^)]*\)/g, '').match(/\.(-?[A-Za-z_][\w-]*)/g) ?? []).every(name => words.has(name.slice(1)));

function prune(css) {
  let kept = '';
  for (const [prelude, block] of rules(css)) {
    if (block === null) continue;                                   /* @charset, @import */
    if (/^@(media|supports|layer)/.test(prelude)) { const inner = prune(block); if (inner) kept += `${prelude}{${inner}}`; }
    else if (/^@(-webkit-)?keyframes/.test(prelude)) { if (/placeholder/.test(prelude)) kept += `${prelude}{${block}}`; }
    else if (prelude.startsWith('@')) continue;                     /* fonts and print rules are ours */
    else {
      const selectors = splitSelectors(prelude).filter(used);
      if (selectors.length) kept += `${selectors.join(',')}{${block}}`;
    }
  }
  return kept;
}
/* Variables that nothing kept refers to are two thirds of what would be left. */
function pruneVariables(css, others) {
  for (let before = -1; before !== css.length;) {
    before = css.length;
    const asked = new Set((css + others).match(/var\(\s*--[\w-]+/g)?.map(name => name.replace(/var\(\s*/, '')) ?? []);
    css = css.replace(/(--[\w-]+)\s*:(?:[^;{}"']|"[^"]*"|'[^']*')*(;|(?=\}))/g, (whole, name) => asked.has(name) ? whole : '');
  }
  return css.replace(/[^{}]+\{\}/g, '');
}
function liftImages(css, write) {
  return css.replace(/url\(\s*"(data:image\/svg\+xml,([^"]*))"\s*\)|url\(\s*'(data:image\/svg\+xml,([^']*))'\s*\)/g, (_, _a, double, _b, single) => {
    const svg = decodeURIComponent(double ?? single);
    const name = `icon-${createHash('sha256').update(svg).digest('hex').slice(0, 8)}.svg`;
    write(name, svg);
    return `url("./${name}")`;
  });
}

/* --- the bundle -------------------------------------------------------------------------------------------------------- */

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const write = (name, text) => writeFileSync(join(out, name), text);

await build({
  absWorkingDir: here,
  entryPoints: { app: 'src/main.tsx' },
  outdir: out, bundle: true, splitting: true, format: 'esm', minify: true, target: 'es2022', charset: 'utf8',
  jsx: 'automatic', jsxImportSource: 'preact', chunkNames: 'chunk-[hash]', legalComments: 'none', logLevel: 'warning', nodePaths: [modules],
});
/* A classic script, so that it blocks the paint. */
await build({ absWorkingDir: here, entryPoints: ['src/theme.ts'], outdir: out, bundle: true, format: 'iife', minify: true, target: 'es2022', logLevel: 'warning' });

const own = readFileSync(join(source, 'style.css'), 'utf8');
const tabler = readFileSync(join(modules, '@tabler/core/dist/css/tabler.min.css'), 'utf8');
write('.style.css', liftImages(pruneVariables(prune(tabler.replace(/\/\*[\s\S]*?\*\//g, '')), own), write) + own);
await build({
  absWorkingDir: here, entryPoints: { app: join(out, '.style.css') }, outdir: out, bundle: true, minify: true, charset: 'utf8', logLevel: 'warning',
  loader: { '.woff2': 'file', '.svg': 'copy' }, assetNames: '[name]-[hash]', external: ['./icon-*.svg'], nodePaths: [modules],
});
rmSync(join(out, '.style.css'));
/* What the bundle is made of stands under licences that ask to be handed on with it. */
const parts = ['@fontsource-variable/inter', '@tabler/core', 'bootstrap', 'echarts', 'preact', 'tslib', 'zrender'];
write('licences.txt', parts.map(name => {
  const folder = join(modules, name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isFile()).map(entry => entry.name).filter(file => /^(licen[cs]e|notice)/i.test(file)).sort().map(file => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts].join('\n\n');
}).join('\n\n' + '-'.repeat(80) + '\n\n') + '\n');
for (const name of ['index.html', 'favicon.svg']) write(name, readFileSync(join(source, name)));
