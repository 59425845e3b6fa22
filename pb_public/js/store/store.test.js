import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newKey } from '../core/install.js';
import { newId } from '../core/change.js';
import { dropOld, keepReceipt, queue, reopen, saveChange, sealAll, settle, unsentBatches } from './changes.js';
import { draftKeeper, getDraft } from './drafts.js';
import { memoryDb } from './memory.js';
import { getMeta, putMeta } from './meta.js';
import { getView, kindsByUse, listMany, merged, overview } from './views.js';

const V = '500238101201';
const clock = { now: 1000, offset: 0, contact: 0 };

function save(db, set, r = newId(), base = '') {
  return saveChange(db, { ms: 1, by: 's', build: () => [{ c: 'services', r, base, set: { region: V, ...set } }] });
}

test('a failed save leaves nothing, not even a number', async () => {
  const db = memoryDb();
  await assert.rejects(saveChange(db, { ms: 1, by: 's', build: async (number) => { await number(); throw new Error('no'); } }), /no/);
  assert.deepEqual(db.dump('meta'), []);
  assert.deepEqual(db.dump('changes'), []);
});

test('numbers of changes run on over batches; a sealed batch is never made twice', async () => {
  const db = memoryDb();
  const key = await newKey();
  await save(db, { title: 'a' });
  await save(db, { title: 'b' });
  const [one] = await sealAll(db, key, clock);
  await save(db, { title: 'c' });
  const [two] = await sealAll(db, key, clock);
  assert.deepEqual([one.no, one.first, one.n, one.prev], [1, 1, 2, '']);
  assert.deepEqual([two.no, two.first, two.n], [2, 3, 1]);
  assert.equal(two.prev, db.dump('batches').find((b) => b.no === 1).hash);
  assert.deepEqual(await sealAll(db, key, clock), []);
  assert.deepEqual((await unsentBatches(db, key.id)).map((b) => b.lines.length), [2, 1]);
});

test('receipts raise the state, never lower it; what the city has had for 90 days may go', async () => {
  const db = memoryDb();
  const key = await newKey();
  const row = await save(db, { title: 'a' });
  await sealAll(db, key, clock);
  const [{ hash }] = db.dump('batches');
  const receipt = (level, at) => ({ batch: hash, install: key.id, no: 1, level, server: 'x', epoch: 'e', at, n: 1 });
  await keepReceipt(db, receipt('city', 5));
  await keepReceipt(db, receipt('township', 4));
  assert.equal(db.dump('changes')[0].state, 'city');
  assert.equal(await keepReceipt(db, { ...receipt('city', 5), n: 2 }), false);
  await dropOld(db, 5 + 91 * 86400000);
  assert.equal(db.dump('changes').length, 1, 'not before the feeds brought it back');
  await settle(db, [row.seq]);
  await dropOld(db, 5 + 89 * 86400000);
  assert.equal(db.dump('changes').length, 1);
  await dropOld(db, 5 + 91 * 86400000);
  assert.equal(db.dump('changes').length, 0);
});

test('a new identity unseals what nobody acknowledged and begins at one', async () => {
  const db = memoryDb();
  await save(db, { title: 'a' });
  await sealAll(db, await newKey(), clock);
  await db.write(['changes', 'batches', 'meta'], reopen);
  const key = await newKey();
  const [header] = await sealAll(db, key, clock);
  assert.deepEqual([header.no, header.first, header.install], [1, 1, key.id]);
  assert.equal((await queue(db)).unsent, 1);
});

test('own changes lie over the server\'s state until they have come back', () => {
  const row = { rev: 'v1', tau: 5, region: V, set: { title: 'theirs', place: 'x' } };
  const change = { id: 'c1', at: 7, state: 'unsent', verdict: '', settled: 0, line: JSON.stringify({ edits: [{ c: 'services', r: 'r', base: 'v1', set: { title: 'mine' } }] }) };
  const view = merged('services/r', row, [change]);
  assert.deepEqual([view.set, view.rev, view.level, view.saved], [{ title: 'mine', place: 'x' }, 'c1', 1, 7]);
  assert.equal(merged('services/r', row, [{ ...change, settled: 1, state: 'township' }]).set.title, 'theirs');
  assert.equal(merged('services/r', undefined, []), null);
  assert.equal(merged('services/r', undefined, [{ ...change, settled: 1, state: 'township', verdict: 'held' }]).problem, 'held');
});

test('villages are counted by month, kinds by use', async () => {
  const db = memoryDb();
  await save(db, { kind: 'DUTY', counsel: 's', occurred_at: '2026-11-02T09:00:00.000+08:00' });
  await save(db, { kind: 'CONSULT', counsel: 's', occurred_at: '2026-10-02T09:00:00.000+08:00' });
  await save(db, { kind: 'CONSULT', counsel: 's', occurred_at: '2026-11-03T09:00:00.000+08:00', state: 'voided' });
  assert.deepEqual(await overview(db, [V, '500238101202'], '2026-11'), [
    { region: V, total: 2, month: 1, last: '2026-11-02T09:00:00.000+08:00', unsent: 2 },
    { region: '500238101202', total: 0, month: 0, last: '', unsent: 0 }]);
  assert.deepEqual(await kindsByUse(db, [V], 's'), ['CONSULT', 'DUTY']);
  assert.equal((await listMany(db, 'services', [V])).get(V)[0].set.kind, 'CONSULT');
});

test('a draft keeper writes the last state and tells when the store is full', async () => {
  const db = memoryDb();
  const told = [];
  const keeper = draftKeeper(db, (state) => told.push(state));
  for (let i = 0; i < 20; i++) keeper.keep({ id: 'd', kind: 'service', region: V, record: '', values: { n: i }, at: i });
  await keeper.flushed();
  assert.equal((await getDraft(db, 'd')).values.n, 19);
  assert.equal(told[told.length - 1], 'saved');
  const full = draftKeeper({ ...db, write: () => Promise.reject(new Error('full')) }, (state) => told.push(state));
  full.keep({ id: 'd', kind: 'service', region: V, record: '', values: {}, at: 1 });
  await full.flushed();
  assert.equal(told[told.length - 1], 'full');
});

test('facts are read as written; a record elsewhere is nobody\'s view', async () => {
  const db = memoryDb();
  await putMeta(db, { a: 1 });
  assert.deepEqual(await getMeta(db, ['a', 'b']), { a: 1, b: undefined });
  assert.equal(await getView(db, 'services/none'), null);
});
