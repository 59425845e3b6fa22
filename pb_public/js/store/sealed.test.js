// The store under its lock: nothing readable in what lies on the disk, nothing lost when two write at once, old stores taken along.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedLock, newLock, openLock, pauseAfterWrong, pinFault } from '../core/vault.js';
import { saveChange, sealAll, unsentBatches } from './changes.js';
import { putDraft } from './drafts.js';
import { applyLines, closeFeed } from './feeds.js';
import { memoryDb } from './memory.js';
import { getMeta, next, putMeta } from './meta.js';
import { sealedDb, sealOld } from './sealed.js';
import { getView, listDrafts, listIn, overview } from './views.js';
import { newKey } from '../core/install.js';
import { sumOf } from '../core/checkpoint.js';

const PIN = '480263';
const NAME = '冉光美';
const REGION = '500238101201';
const lock = await newLock(PIN, 1000);
const TABLES = ['meta', 'changes', 'batches', 'records', 'feeds', 'drafts', 'files', 'chunks'];

function everything(raw) {
  return TABLES.map((name) => raw.dump(name).map((row) => JSON.stringify(row, (k, v) => (v instanceof Uint8Array ? Buffer.from(v).toString('latin1') + Buffer.from(v).toString() : v))).join('\n')).join('\n');
}

async function filled(db) {
  await putMeta(db, { staff: { id: 's1', name: NAME }, regions: [{ code: REGION, name: NAME }], here: REGION });
  await putDraft(db, { id: 'd', kind: 'CONSULT', region: REGION, record: '', values: { summary: NAME }, at: 1 });
  const feed = { feed: REGION, epoch: 'e', seq: 1, gen: 0, sweeping: false, whole: '', misses: 0, at: 0 };
  await applyLines(db, feed, [{ c: 'services', r: 'old', rev: 'v1', tau: 5, seq: 1, set: { region: REGION, client_name: NAME, occurred_at: '2026-11-02T10:00:00.000+08:00', state: 'submitted' } }]);
  await saveChange(db, { ms: 7, by: 's1', draft: 'd2', build: async (number) => [{ c: 'services', r: 'new', base: '', set: { region: REGION, client_name: NAME, device_no: 'T-' + (await number()) } }] });
  return feed;
}

test('no value about a person lies open, and everything is read as it was put', async () => {
  const raw = memoryDb();
  const db = sealedDb(raw, lock.box);
  const feed = await filled(db);
  assert.ok(!everything(raw).includes(NAME));
  assert.ok(!everything(raw).includes('光美'));
  assert.equal((await getMeta(db, ['staff'])).staff.name, NAME);
  assert.equal((await listDrafts(db))[0].values.summary, NAME);
  assert.deepEqual((await listIn(db, 'services', REGION)).map((v) => v.set.client_name), [NAME, NAME]);
  const [row] = await overview(db, [REGION], '2026-11');
  assert.deepEqual({ total: row.total, month: row.month, unsent: row.unsent }, { total: 2, month: 1, unsent: 1 });
  const { count, sum } = sumOf(raw.dump('records'));
  assert.equal(await closeFeed(db, feed, { count, sum }, 1), 'equal');
  const key = await newKey();
  await sealAll(db, key, { now: 9, offset: 0, contact: 0 });
  assert.ok((await unsentBatches(db, key.id))[0].lines[0].includes(NAME));
  assert.ok(!everything(raw).includes(NAME));
});

test('a sealed value opens only in its own place and only under its own key', async () => {
  const raw = memoryDb();
  await filled(sealedDb(raw, lock.box));
  const other = await newLock(PIN, 1000);
  await assert.rejects(getView(sealedDb(raw, other.box), 'services/old'));
  await raw.write(['records'], async (t) => { t.put('records', { ...(await t.get('records', 'services/old')), k: 'services/x', r: 'x' }); });
  await assert.rejects(getView(sealedDb(raw, lock.box), 'services/x'));
});

test('two tabs that count at once never give the same number', async () => {
  const raw = memoryDb();
  const tabs = [sealedDb(raw, lock.box), sealedDb(raw, lock.box)];
  const given = await Promise.all(Array.from({ length: 20 }, (_, i) => tabs[i % 2].write(['meta'], (t) => next(t, 'service_no'))));
  assert.deepEqual([...given].sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i + 1));
});

test('work sees its own writes, and nothing is kept of work that fails', async () => {
  const db = sealedDb(memoryDb(), lock.box);
  await db.write(['drafts'], async (t) => {
    t.put('drafts', { id: 'a', values: 1 });
    assert.equal((await t.get('drafts', 'a')).values, 1);
    assert.equal(await t.count('drafts'), 1);
    t.del('drafts', 'a');
    assert.equal(await t.get('drafts', 'a'), undefined);
  });
  await assert.rejects(db.write(['drafts'], async (t) => { t.put('drafts', { id: 'b', values: 1 }); throw new Error('no'); }), /no/);
  assert.deepEqual(await listDrafts(db), []);
});

test('a store from before there were locks is sealed where it lies, also when that is broken off', async () => {
  const raw = memoryDb();
  await filled(raw);
  assert.ok(everything(raw).includes(NAME));
  const db = sealedDb(raw, lock.box);
  const broken = { ...db, write: (tables, work, strict) => (tables.includes('drafts') ? Promise.reject(new Error('killed')) : db.write(tables, work, strict)) };
  await assert.rejects(sealOld(raw, broken), /killed/);
  assert.equal((await listDrafts(db))[0].values.summary, NAME, 'half sealed is whole');
  await sealOld(raw, db);
  assert.ok(!everything(raw).includes(NAME));
  assert.equal((await listIn(db, 'services', REGION)).length, 2);
});

test('a PIN opens, another does not, and a new one takes its place', async () => {
  assert.equal(await openLock(lock.lock, '480264'), null);
  assert.equal(await changedLock(lock.lock, 'x', '777123', 1000), null);
  const renewed = await changedLock(lock.lock, PIN, '930518', 1000);
  const sealed = await lock.box.seal(new Uint8Array([1, 2, 3]), 'here');
  assert.deepEqual([...(await (await openLock(renewed, '930518')).open(sealed, 'here'))], [1, 2, 3]);
  assert.equal(await openLock(renewed, PIN), null);
  assert.deepEqual(['12345', '123456', '111111', '987654', '121212', PIN].map(pinFault), ['short', 'easy', 'easy', 'easy', 'easy', '']);
  assert.deepEqual([4, 5, 6, 40].map(pauseAfterWrong), [0, 30000, 60000, 86400000]);
});
