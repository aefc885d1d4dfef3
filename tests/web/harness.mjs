/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the browser tests stand on: one Chromium, one context per person signed in, TAP on standard output, and a watch
 * on the console: whatever a page logs as an error, or throws, fails the test in which it happened. The packages come
 * from web/node_modules (`npm ci` there) or the folder MENO_MODULES, the browser from CHROMIUM or /usr/bin/chromium. */
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = resolve(dirname(fileURLToPath(import.meta.url)), '../../web');
const modules = createRequire(join(process.env.MENO_MODULES ?? web, 'package.json'));
const { chromium } = modules('playwright-core');
const axeSource = readFileSync(modules.resolve('axe-core/axe.min.js'), 'utf8');

export const base = (process.env.MENO_URL ?? '').replace(/\/$/, '');
export const logins = JSON.parse(process.env.MENO_LOGINS ?? '{}');
if (!base || Object.keys(logins).length === 0) {
  console.log('Bail out! set MENO_URL and MENO_LOGINS, e.g. {"lead":{"login":"…","password":"…"}}');
  process.exit(2);
}

/* --- TAP ---------------------------------------------------------------------------------------------------------------- */

const filter = process.argv[2] ?? '';
let count = 0, failed = 0;
export async function test(name, body) {
  if (filter && !name.includes(filter)) return;
  count++;
  errors.length = 0;
  try {
    await body();
    if (errors.length) throw new Error('the console says:\n' + errors.join('\n'));
    console.log(`ok ${count} - ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${count} - ${name}\n  ---\n${String(error.message ?? error).replace(/\u001b\[\d+m/g, '').split('\n').map(line => '  ' + line).join('\n')}\n  ...`);
    if (process.env.MENO_SHOTS && last) await last.screenshot({ path: join(process.env.MENO_SHOTS, `${count}.png`), fullPage: true }).catch(() => {});
  }
}
export async function finish() {
  console.log(`1..${count}`);
  console.log(`# ${count - failed} passed, ${failed} failed`);
  await browser?.close();
  process.exitCode = failed ? 1 : 0;
}
export function check(truth, message) { if (!truth) throw new Error(message); }
export function equal(left, right, message) { if (left !== right) throw new Error(`${message}: ${JSON.stringify(left)} is not ${JSON.stringify(right)}`); }

/* --- the browser ------------------------------------------------------------------------------------------------------------ */

const errors = [];
let browser = null, last = null;

/* What the browser itself logs about an answer that a test asks for (409 of a stale approval) is no error of the page. */
let excused = null;
export function excuse(pattern) { excused = pattern; }
function watch(page) {
  page.on('console', message => { if (message.type() === 'error' && !(excused && excused.test(message.text()))) errors.push(message.text()); });
  page.on('pageerror', error => errors.push(String(error)));
}

export async function open({ width = 1280, height = 800, theme = 'light', cookies = [] } = {}) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) throw new Error(`no browser at “${executablePath}”: install chromium or set CHROMIUM`);
  browser ??= await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' });
  if (cookies.length) await context.addCookies(cookies);
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  watch(page);
  last = page;
  return page;
}

/* One sign-in per role: the server limits how often one may try. */
const jars = new Map();
export async function signIn(page, role) {
  const { login, password } = logins[role];
  await page.goto(base + '/');
  await page.fill('#login', login);
  await page.fill('#password', password);
  await page.click('button[type=submit]');
  await page.waitForSelector('.shell');
}
export async function as(role, options = {}) {
  const cookies = jars.get(role);
  const page = await open({ ...options, cookies: cookies?.cookies ?? [] });
  if (cookies) {
    await page.addInitScript(() => localStorage.setItem('meno-signed-in', '1'));
    await page.goto(base + '/');
    await page.waitForSelector('.shell');
  } else {
    await signIn(page, role);
    jars.set(role, await page.context().storageState());
  }
  return page;
}
export async function close(page) { await page.context().close(); if (last === page) last = null; }

/* Without a page to sign in at, every test would only wait for its end. */
export async function reachable() {
  const page = await open();
  try { await page.goto(base + '/'); await page.waitForSelector('#login'); }
  catch (error) { console.log(`Bail out! no sign-in page at “${base}”: ${String(error.message).split('\n')[0]}`); await browser.close(); process.exit(2); }
  await close(page);
}

/* A page is there when its answer stands and nothing is a skeleton any more. */
export async function visit(page, address) {
  await page.evaluate(hash => { location.hash = hash; }, address);
  await settle(page);
}
export async function settle(page) {
  await page.waitForFunction(() => document.querySelector('main h1') && !document.querySelector('.placeholder-glow'), null, { timeout: 15000 });
  await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}
export async function api(page, path) {
  return page.evaluate(async address => (await fetch('/api/v1' + address, { headers: { Accept: 'application/json' } })).json(), path);
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
export async function axe(page, where) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axeSource);
  const findings = await page.evaluate(tags => window.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
    .then(result => result.violations.map(one => ({ id: one.id, help: one.help, nodes: one.nodes.slice(0, 3).map(node => node.target.join(' ') + '  ' + (node.any[0]?.message ?? node.all[0]?.message ?? node.none[0]?.message ?? '')) }))), TAGS);
  check(findings.length === 0, `${where}: axe finds\n` + findings.map(one => `${one.id}: ${one.help}\n  ${one.nodes.join('\n  ')}`).join('\n'));
}
export async function fits(page, where) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  check(over <= 0, `${where}: the page is ${over} px wider than the window`);
}
