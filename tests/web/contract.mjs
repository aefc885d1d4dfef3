/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `node contract.mjs OPENAPI`: generates types from the server's description and compiles contract.ts against them, so
 * that the client's shapes cannot drift from the operations table unseen. MENO_MODULES: where the packages stand. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url)), web = resolve(here, '../../web');
const modules = createRequire(join(process.env.MENO_MODULES ?? web, 'package.json'));
const ts = modules('typescript');
const { default: openapi, astToString } = await import(pathToFileURL(modules.resolve('openapi-typescript')).href.replace(/\.cjs$/, '.mjs').replace('/dist/index.js', '/dist/index.mjs'));

const folder = mkdtempSync(join(tmpdir(), 'meno-contract-'));
try {
  const wire = join(folder, 'wire.d.ts');
  writeFileSync(wire, astToString(await openapi(pathToFileURL(resolve(process.argv[2])), { silent: true })));
  const program = ts.createProgram([join(here, 'contract.ts')], { noEmit: true, strict: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, allowImportingTsExtensions: true, types: [], lib: ['lib.es2022.d.ts'],
    paths: { wire: [wire], own: [join(web, 'src/api.ts')] } });
  const problems = ts.getPreEmitDiagnostics(program);
  console.log(ts.formatDiagnostics(problems, { getCurrentDirectory: () => here, getCanonicalFileName: name => name, getNewLine: () => '\n' }));
  process.exitCode = problems.length ? 1 : 0;
} finally { rmSync(folder, { recursive: true, force: true }); }
