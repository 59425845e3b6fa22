// A counsel's phone for the journeys: a browser with a folder of its own that can be killed and started again, and the oracle that each journey ends with.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { browserPath, openPage, pair, pairingCode, unlock, until } from './harness.js';

/** A phone whose data survive its browser. @param {import('node:test').TestContext} t */
export async function startPhone(t) {
  const folder = mkdtempSync(path.join(tmpdir(), 'cunju-phone-'));
  const phone = { context: null, page: null, session: null, open, kill, ask };
  t.after(async () => {
    await phone.context.close().catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  });
  async function open() {
    phone.context = await chromium.launchPersistentContext(folder, { executablePath: browserPath(), args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
      locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 360, height: 720 }, isMobile: true, hasTouch: true });
    phone.page = await openPage(phone.context);
    phone.session = null;
    return phone.page;
  }
  /** One question over the debugger; what it changes lasts as long as the page. */
  async function ask(method, params) {
    phone.session = phone.session || await phone.context.newCDPSession(phone.page);
    return phone.session.send(method, params);
  }
  /** As when the battery falls out: the browser's own process ends at once. */
  async function kill() {
    const session = await phone.context.browser().newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const gone = new Promise((done) => phone.context.once('close', done));
    process.kill(processInfo.find((p) => p.type === 'browser').id, 'SIGKILL');
    await gone;
  }
  await open();
  return phone;
}

/** Pairs, and waits until the app lies on the phone whole. */
export async function ready(page, demo, name) {
  await page.goto(demo.township + '/field/#/pair/' + (await pairingCode(demo, name)));
  await pair(page);
  await page.getByText('全部已送达').first().waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await until(() => page.evaluate(async () => {
    for (const name of await caches.keys()) if (await (await caches.open(name)).match('/field/')) return true;
    return false;
  }), 'the app lies on the phone');
}

/** Opens the app and its lock. */
export async function reopen(page, demo) {
  await page.goto(demo.township + '/field/#/today');
  await unlock(page);
  await page.locator('.village-name').first().waitFor();
}

/** Writes a service down; the page stands on its record afterwards. */
export async function write(page, summary) {
  await page.goto(page.url().split('#')[0] + '#/today');
  await page.getByRole('link', { name: /^在.*记一件服务/ }).first().click();
  await page.locator('#f-summary').fill(summary);
  await page.getByRole('button', { name: '拖欠工资与农民工欠薪' }).first().click();
  await page.locator('#f-advice').fill('保留证据，向劳动保障监察投诉。');
  await page.getByRole('radio', { name: '当场解答' }).check({ force: true });
  await page.getByRole('button', { name: /^保存/ }).click();
  await page.waitForURL(/#\/record\//);
}

/** Adds a picture, made here, to the record that is open. */
export async function photo(page, n, side = 1600) {
  const bytes = await page.evaluate(async ([seed, size]) => {
    const canvas = document.createElement('canvas');
    canvas.width = size;
    canvas.height = size * 0.75;
    const pen = canvas.getContext('2d');
    for (let i = 0; i < 4000; i++) {
      pen.fillStyle = `hsl(${(i * 37 + seed * 91) % 360} 70% ${20 + (i % 60)}%)`;
      pen.fillRect((i * 97 + seed) % canvas.width, (i * 61) % canvas.height, 40, 30);
    }
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.95));
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
  }, [n, side]);
  await page.locator('#files-pick').setInputFiles({ name: 'IMG.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(bytes) });
}

/** The open fields of what lies in the phone's stores: enough to count, nothing of what is sealed. */
export function lying(page, tables = ['changes', 'feeds', 'files', 'records']) {
  return page.evaluate(async (names) => {
    const out = Object.fromEntries(names.map((n) => [n, []]));
    for (const { name } of await indexedDB.databases()) {
      if (!/^cunju-[a-z0-9]{15}$/.test(name)) continue;
      const db = await new Promise((done) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
      for (const table of names) {
        const rows = await new Promise((done) => { const r = db.transaction(table).objectStore(table).getAll(); r.onsuccess = () => done(r.result); });
        out[table].push(...rows.map(({ z, lock, ...open }) => open));
      }
      db.close();
    }
    return out;
  }, tables);
}

/** What every journey ends with: each saved change has a receipt and a verdict, each replica equals its server, each file has arrived.
 * @param {import('playwright-core').Page} page @param {{changes: number, files?: number}} expected */
export async function oracle(page, { changes, files = 0 }) {
  const end = await until(async () => {
    const all = await lying(page);
    const done = all.changes.every((c) => c.state !== 'unsent') && all.files.every((f) => f.state === 'here') && all.feeds.length && all.feeds.every((f) => f.whole);
    return done && all;
  }, 'everything has arrived and every checkpoint is equal', 90000).catch(async (err) => { throw new Error(err.message + ' ' + JSON.stringify(await lying(page, ['changes', 'feeds', 'files']))); });
  assert.equal(end.changes.length, changes, 'changes that were saved');
  assert.equal(new Set(end.changes.map((c) => c.id)).size, changes);
  assert.deepEqual(end.changes.filter((c) => c.verdict !== 'applied' && c.verdict !== 'merged').map((c) => c.verdict), []);
  assert.equal(end.files.length, files);
  return end;
}
