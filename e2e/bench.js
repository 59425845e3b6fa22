// What the phone's app costs on a slow phone and a slow line: Chromium with the page's CPU six times slower, 50 kbit/s and 600 ms. make bench-phone.
import { gzipSync } from 'node:zlib';
import { startDemo, unlock, PIN } from './harness.js';
import { lying, oracle, ready, startPhone, write } from './phone.js';

const SLOWER = 6;
const LINE = { offline: false, latency: 600, downloadThroughput: 50000 / 8, uploadThroughput: 50000 / 8 };
const rows = [];
const row = (what, value, goal, unit) => rows.push({ what, value, goal, unit, ok: value <= goal });

/** Runs work in the page; what it measures, it measures there. */
const timed = (page, work, arg) => page.evaluate(work, arg);

async function shell(demo) {
  const pack = await (await fetch(demo.township + '/pack.json')).json();
  const html = pack.files['/field/'][1];
  const first = [...html.matchAll(/(?:modulepreload|stylesheet)" href="([^"]+)"/g)].map((m) => m[1]);
  const bytes = ['/field/', '/js/screens/field/boot.js', ...first].reduce((sum, path) => sum + (pack.files[path] ? gzipSync(pack.files[path][1]).length : 0), 0);
  row('app shell, compressed', Math.round(bytes / 1024), 150, 'KB');
}

/** 10,000 records of other days, sealed as a feed brings them, and one village out of them. */
async function many(page) {
  const { open, list, all } = await timed(page, async (pin) => {
    const [{ listPeople }, { openLock }, { openDb }, { sealedDb }, { applyLines }, { listIn, overview }] = await Promise.all(['store/people', 'core/vault', 'store/idb', 'store/sealed', 'store/feeds', 'store/views'].map((m) => import('/js/' + m + '.js')));
    const [person] = await listPeople();
    // A store beside the real one: the app forgets feeds that are not its own.
    const db = sealedDb(await openDb('cunju-bench'), await openLock(person.lock, pin));
    const villages = Array.from({ length: 300 }, (_, i) => String(500238500000 + i));
    for (let from = 0; from < 10000; from += 500) {
      const lines = Array.from({ length: 500 }, (_, i) => ({ c: 'services', r: 'bench' + (from + i), rev: 'v', tau: 1, seq: from + i, ft: {},
        set: { region: villages[(from + i) % 300], kind: 'CONSULT', counsel: 'x', state: 'verified', occurred_at: '2026-10-05T09:00:00.000+08:00', title: '土地承包', client_name: '某人', summary: '问土地流转合同怎样签，承包期还有几年。'.repeat(3), advice: '签书面合同，村委会备案。'.repeat(2) } }));
      await applyLines(db, { feed: 'bench', epoch: 'e', seq: from, gen: 0, sweeping: false, whole: '', misses: 0, at: 0 }, lines);
    }
    const cold = sealedDb(await openDb('cunju-bench'), await openLock(person.lock, pin));
    const began = performance.now();
    const rows = await listIn(cold, 'services', villages[7]);
    const took = performance.now() - began;
    const counting = performance.now();
    await overview(cold, villages, '2026-10');
    const all = performance.now() - counting;
    db.close();
    cold.close();
    indexedDB.deleteDatabase('cunju-bench');
    const locked = performance.now();
    await openLock(person.lock, pin);
    return { open: performance.now() - locked, list: rows.length ? took : Infinity, all };
  }, PIN);
  row('unlock with PIN, derivation', Math.round(open), 1000, 'ms');
  row('one village out of 10,000 records', Math.round(list), 300, 'ms');
  row('counts of 300 villages, 10,000 records', Math.round(all), 1000, 'ms');
}

async function saves(page) {
  await page.evaluate(() => {
    window.long = [];
    new PerformanceObserver((list) => { for (const e of list.getEntries()) window.long.push(e.duration); }).observe({ entryTypes: ['longtask'] });
  });
  await page.goto(page.url().split('#')[0] + '#/today');
  await page.getByRole('link', { name: /^在.*记一件服务/ }).first().click();
  await page.locator('#f-summary').click();
  await page.evaluate(() => { window.long.length = 0; });
  await page.keyboard.type('老板拖欠工资四个月，电话也不接，手上有考勤照片和转账记录。', { delay: 60 });
  row('longest task while typing', Math.round(await page.evaluate(() => Math.max(0, ...window.long))), 200, 'ms');
  const save = await timed(page, async (pin) => {
    const [{ listPeople }, { openLock }, { openDb }, { sealedDb }, { putDraft }] = await Promise.all(['store/people', 'core/vault', 'store/idb', 'store/sealed', 'store/drafts'].map((m) => import('/js/' + m + '.js')));
    const { saveChange } = await import('/js/store/changes.js');
    const [person] = await listPeople();
    // A store beside the real one: what is measured must not travel.
    const db = sealedDb(await openDb('cunju-bench'), await openLock(person.lock, pin));
    const times = [];
    for (let n = 0; n < 9; n++) {
      const began = performance.now();
      await saveChange(db, { ms: Date.now(), by: 'x', draft: 'd', build: () => [{ c: 'services', r: 'r' + n, base: '', set: { region: '500238101201', summary: '问工资。'.repeat(30) } }] });
      times.push(performance.now() - began);
    }
    db.close();
    indexedDB.deleteDatabase('cunju-bench');
    return times.sort((a, b) => a - b)[4];
  }, PIN);
  row('save to ✓, middle of nine', Math.round(save), 150, 'ms');
}

async function main() {
  const ends = [];
  const t = { after: (end) => ends.unshift(end) };
  try {
    const demo = await startDemo();
    t.after(() => demo.stop());
    const phone = await startPhone(t);
    const { page } = phone;
    await ready(page, demo);
    await shell(demo);
    await phone.context.setOffline(true);
    for (let n = 1; n <= 20; n++) await write(page, `第 ${n} 件：在工地做工，老板拖欠工资。`);
    await phone.ask('Performance.enable');
    await phone.ask('HeapProfiler.collectGarbage');
    const { metrics } = await phone.ask('Performance.getMetrics');
    row('JavaScript heap after a day', Math.round(metrics.find((m) => m.name === 'JSHeapUsedSize').value / 1048576), 40, 'MB');
    const before = (await lying(page)).changes.length;

    await phone.ask('Network.enable');
    let up = 0;
    phone.session.on('Network.requestWillBeSent', ({ request }) => { if (/\/api\/sync\//.test(request.url)) up += JSON.stringify(request.headers).length; });
    page.on('request', (request) => { const body = /\/api\/sync\/batches/.test(request.url()) && request.postDataBuffer(); if (body) up += body.length; });
    const began = Date.now();
    await phone.context.setOffline(false);
    await phone.ask('Network.emulateNetworkConditions', LINE);
    await page.goto(page.url().split('#')[0] + '#/sync');
    await page.getByRole('button', { name: '现在同步' }).click().catch(() => {});
    let took = Infinity;
    while (took === Infinity && Date.now() - began < 60000) {
      if ((await lying(page, ['changes'])).changes.every((c) => c.state !== 'unsent')) took = Date.now() - began;
    }
    row('20 services over the slow line', Math.round(took / 100) / 10, 5, 's');
    row('… bytes up, headers as text included', Math.round(up / 102.4) / 10, 6, 'KB');
    await phone.ask('Network.emulateNetworkConditions', { ...LINE, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
    await oracle(page, { changes: before });

    await phone.context.setOffline(true);
    await phone.ask('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    await page.goto('about:blank');
    const start = Date.now();
    await page.goto(demo.township + '/field/#/today');
    await page.locator('#pin').waitFor();
    const lock = Date.now() - start;
    const unlocking = Date.now();
    await unlock(page);
    await page.locator('.village-name').first().waitFor();
    row('cold start offline to the lock', lock / 1000, 2, 's');
    row('from the PIN to a usable list', (Date.now() - unlocking) / 1000, 2, 's');
    await saves(page);
    await many(page);
  } finally {
    for (const end of ends) await end();
  }
  console.log('| what | measured | goal | |\n|---|---|---|---|');
  for (const r of rows) console.log(`| ${r.what} | ${r.value} ${r.unit} | ${r.goal} ${r.unit} | ${r.ok ? 'ok' : 'over'} |`);
  console.log(`bench-phone: rows=${rows.length} over=${rows.filter((r) => !r.ok).length}`);
}

await main();
