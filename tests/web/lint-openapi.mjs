/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `node lint-openapi.mjs FILE`: what `redocly lint` does with its recommended rules, by the same engine. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { createConfig, lint } = createRequire(join(process.env.MENO_MODULES, 'package.json'))('@redocly/openapi-core');
const problems = await lint({ ref: process.argv[2], config: await createConfig({ extends: ['recommended'] }) });
for (const problem of problems) console.log(`${problem.severity} ${problem.ruleId}: ${problem.message} at ${problem.location[0]?.pointer ?? ''}`);
process.exit(problems.length ? 1 : 0);
