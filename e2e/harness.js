// Real nodes, a real browser. Each script starts what it needs on folders of its own and ends it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The product's binary; `make build` makes it. */
export const binary = process.env.CUNJU_BINARY || path.join(root, process.platform === 'win32' ? 'cunju.exe' : 'cunju');

/** A port that was free a moment ago. */
export async function freePort() {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The environment of a child: nothing of ours leaks into its settings. */
function environment() {
  const env = { ...process.env };
  for (const key of Object.keys(env)) if (key.startsWith('CUNJU_')) delete env[key];
  return env;
}

/** Runs a command to its end. @param {string[]} args @returns {Promise<{code: number, out: string}>} */
export async function run(args) {
  const child = spawn(binary, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  child.stdout.on('data', (d) => { out += d; });
  child.stderr.on('data', (d) => { out += d; });
  const [code] = await once(child, 'exit');
  return { code, out };
}

/** Starts a node and waits until it is ready. settings are names of the settings table.
 * @param {Record<string, string>} [settings]
 * @returns {Promise<{url: string, home: string, log: () => string, stop: () => Promise<void>, kill: () => Promise<void>, restart: () => Promise<void>}>} */
export async function startNode(settings = {}) {
  const home = settings.home || mkdtempSync(path.join(tmpdir(), 'cunju-e2e-'));
  const port = settings.port || await freePort();
  const url = 'http://127.0.0.1:' + port;
  const { home: _, port: __, ...rest } = { tier: 'township', region: '500238101000', name: '示范司法所', rating_base: url, ...settings };
  const args = ['serve', '--dir', path.join(home, 'data'), '--http', '127.0.0.1:' + port];
  for (const [key, value] of Object.entries(rest)) args.push('--' + key.replaceAll('_', '-') + '=' + value);
  let child = null;
  let text = '';
  async function start() {
    child = spawn(binary, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (d) => { text += d; });
    child.stderr.on('data', (d) => { text += d; });
    await until(async () => {
      assert.equal(child.exitCode, null, 'the node ended:\n' + text);
      const answer = await fetch(url + '/version.json').catch(() => null);
      return answer && answer.ok;
    }, 'the node at ' + url);
  }
  async function end(signal) {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
  await start();
  return {
    url, home,
    log: () => text,
    kill: () => end('SIGKILL'),
    restart: async () => { await end('SIGTERM'); await start(); },
    stop: async () => { await end('SIGTERM'); if (!settings.home) rmSync(home, { recursive: true, force: true }); },
  };
}

/** Starts the demonstration: a city and a township with people, phones and a day's records. Ends when the test ends it.
 * @returns {Promise<{township: string, city: string, pairing: string, field: string, logins: Record<string, string>, tally: string, stop: () => Promise<void>}>} */
export async function startDemo() {
  const child = spawn(binary, ['demo', '--json', '--port', '0'], { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let log = '';
  child.stdout.on('data', (d) => { out += d; });
  child.stderr.on('data', (d) => { log += d; });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM'); // it ends both nodes and removes its folder
    await gone;
  };
  try {
    const ready = await until(() => {
      assert.equal(child.exitCode, null, 'the demonstration ended:\n' + out + log);
      const line = out.split('\n').find((text) => text.startsWith('{'));
      return line && out.includes('\n') ? JSON.parse(line) : null;
    }, 'the demonstration', 180000);
    return { ...ready, stop };
  } catch (err) {
    await stop();
    throw err;
  }
}

/** Waits for a claim to become true. @param {() => any} claim @param {string} what */
export async function until(claim, what, limit = 60000) {
  const end = Date.now() + limit;
  for (;;) {
    const value = await claim();
    if (value) return value;
    if (Date.now() > end) throw new Error('did not happen in time: ' + what);
    await new Promise((go) => setTimeout(go, 50));
  }
}

/** Finds Debian's browser, or the one that CHROMIUM names. */
export function browserPath() {
  const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => p && existsSync(p));
  assert.ok(found, 'no chromium: run make deps');
  return found;
}

/** Starts the browser. */
export function launch() {
  return chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] });
}

/** A page of a fresh person: own storage, Chinese first. Everything that a page must never do is gathered in page.faults.
 * @param {import('playwright-core').Browser} browser @param {object} [options] options of a browser context; phone: true for a small touch screen */
export async function person(browser, { phone = false, ...options } = {}) {
  const size = phone ? { viewport: { width: 360, height: 720 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true } : { viewport: { width: 1280, height: 800 } };
  const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...size, ...options });
  return openPage(context);
}

/** Another page of the same person. @param {import('playwright-core').BrowserContext} context */
export async function openPage(context) {
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (err) => page.faults.push('uncaught: ' + err.message));
  page.on('dialog', (dialog) => { page.faults.push('dialog: ' + dialog.message()); dialog.dismiss(); });
  page.on('console', (m) => {
    if (/Content Security Policy|Trusted ?Type|Refused to/i.test(m.text())) page.faults.push('policy: ' + m.text());
  });
  return page;
}

/** Fails on what axe-core finds. The policy allows no injected script, so axe comes in through the debugger, not the page.
 * @param {import('playwright-core').Page} page @param {string} name */
export async function accessible(page, name) {
  // A colour on its way from one state to the next is neither: judge what stands.
  await page.evaluate(() => Promise.all(document.getAnimations().filter((a) => a.effect.getComputedTiming().iterations !== Infinity).map((a) => a.finished.catch(() => {}))));
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axeSource });
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then((r) => JSON.stringify(r.violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.map((n) => n.html + ' — ' + (n.failureSummary || '')) }))))`,
    awaitPromise: true, returnByValue: true,
  });
  await session.detach();
  assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails));
  const violations = JSON.parse(result.value);
  assert.deepEqual(violations, [], name + ': ' + JSON.stringify(violations, null, 2));
}

/** Fails on anything that the page must never do. @param {any} page */
export function faultless(page) {
  assert.deepEqual(page.faults, []);
}

/** A picture for the README, only when SCREENSHOTS is set, so that a test run changes no file.
 * @param {import('playwright-core').Page} page @param {string} name */
export async function picture(page, name) {
  if (!process.env.SCREENSHOTS) return;
  const folder = path.join(root, 'docs', 'screenshots');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, name + '.png'), animations: 'disabled' });
}

/** Makes the node's first administrator over its own call and logs in. @param {string} url */
export async function administrator(url, login = 'admin@office.example', password = 'tree-7-river-lamp') {
  const made = await post(url + '/api/cunju/setup', { name: '王所长', login, password });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return { ...(await logIn(url, login, password)), login, password };
}

/** Logs a member of staff in. @returns {Promise<{token: string, record: any}>} */
export async function logIn(url, login, password) {
  const answer = await post(url + '/api/collections/staff/auth-with-password', { identity: login, password });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

/** Posts JSON. @param {string} url @param {any} body @param {string} [token] */
export async function post(url, body, token) {
  return ask('POST', url, body, token);
}

/** Any call with JSON both ways. @param {string} method @param {string} url @param {any} [body] @param {string} [token] */
export async function ask(method, url, body, token) {
  const headers = { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...(token ? { Authorization: token } : {}) };
  const answer = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  let parsed = text;
  try { parsed = JSON.parse(text); } catch (err) { /* not JSON: the text itself is the answer */ }
  return { status: answer.status, body: parsed, headers: answer.headers };
}

/** The PIN of every phone in these tests. */
export const PIN = '480263';

/** Pairs a phone whose page stands at its pairing code, and gives it a PIN. @param {import('playwright-core').Page} page */
export async function pair(page) {
  await page.getByRole('button', { name: '配对', exact: true }).click();
  await page.locator('#pin-new').fill(PIN);
  await page.locator('#pin-again').fill(PIN);
  await page.getByRole('button', { name: '设好并继续' }).click();
}

/** Opens a locked phone. @param {import('playwright-core').Page} page */
export async function unlock(page, pin = PIN) {
  await page.locator('#pin').fill(pin);
  await page.getByRole('button', { name: '打开', exact: true }).click();
}

/** A new one-time code for the phone of a counsel of the demonstration. @param {any} demo @param {string} [name] */
export async function pairingCode(demo, name = '王𬭩') {
  const { token } = await logIn(demo.township, 'office@demo.cunju', demo.logins['office@demo.cunju']);
  const found = await ask('GET', demo.township + '/api/collections/staff/records?filter=' + encodeURIComponent(`name="${name}"`), undefined, token);
  const made = await post(demo.township + '/api/cunju/pairings', { staff: found.body.items[0].id }, token);
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return made.body.code;
}
