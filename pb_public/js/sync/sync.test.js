import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saveChange } from '../store/changes.js';
import { memoryDb } from '../store/memory.js';
import { getMeta } from '../store/meta.js';
import { getView, listIn } from '../store/views.js';
import { newId } from '../core/change.js';
import { makeClient } from './client.js';
import { pairingCode } from './enrol.js';
import { feedsOf } from './pull.js';
import { pauseAfter } from './wake.js';
import { VILLAGE, cityReceipts, makeServer, put, restored } from './testdata/server.js';

async function world() {
  const server = await makeServer();
  const db = memoryDb();
  const clock = { now: server.now };
  const client = makeClient({ db, fetch: server.fetch, now: () => clock.now, chance: () => 0.5 });
  await client.enrol(server.code, 'test');
  const save = async (set, r = newId(), base = '') => {
    await saveChange(db, { ms: clock.now, by: 'staff1', build: () => [{ c: 'services', r, base, set: { region: VILLAGE, ...set } }] });
    return 'services/' + r;
  };
  return { server, db, client, clock, save };
}

test('feeds are the villages and what lies above them', () => {
  assert.deepEqual(feedsOf(['500238101201', '500238101202']), ['500238101202', '500238101201', '500238101000', '500238000000', '500000000000']);
  assert.equal(feedsOf(['510104001001'])[3], '510100000000');
});

test('a pairing code is 16 characters whatever stands between', () => {
  assert.equal(pairingCode('abcd-efgh 2345　６７８９'), 'ABCDEFGH23456789');
  assert.equal(pairingCode('oil0 oil0 oil0 oil0'), '0110011001100110');
  assert.equal(pairingCode('abcd'), '');
  assert.equal(pairingCode('U'.repeat(16)), '');
});

test('a wrong code pairs nothing', async () => {
  const server = await makeServer();
  const db = memoryDb();
  const client = makeClient({ db, fetch: server.fetch, now: () => server.now });
  await assert.rejects(client.enrol('X'.repeat(16), 'test'), { code: 'pairing_wrong' });
  assert.equal((await getMeta(db, ['key'])).key, undefined);
});

test('one, two, three ticks', async () => {
  const { server, db, client, save } = await world();
  const k = await save({ title: 'a', state: 'submitted' });
  assert.equal((await getView(db, k)).level, 1);
  assert.equal(await client.run(), 'done');
  assert.equal((await getView(db, k)).level, 2);
  await cityReceipts(server);
  await client.run();
  assert.equal((await getView(db, k)).level, 3);
  assert.equal(db.dump('changes')[0].settled, 1);
  assert.equal((await getView(db, k)).set.title, 'a');
});

test('offline, captive portal, busy: the work stays and the pause grows', async () => {
  const { server, db, client, clock, save } = await world();
  const k = await save({ title: 'a' });
  for (const [fault, code, pause] of [['offline', 'offline', 2000], ['captive', 'not_ours', 4000], ['busy', 'busy', 7875], ['offline', 'offline', 16000]]) {
    server.fault = fault;
    assert.equal(await client.run(), 'failed');
    assert.equal(client.status().error, code);
    assert.equal(client.status().nextAt - clock.now, pause, fault);
    assert.equal((await getView(db, k)).level, 1);
  }
  server.fault = '';
  assert.equal(await client.run(), 'done');
  assert.equal((await getView(db, k)).level, 2);
  assert.equal(client.status().failures, 0);
});

test('a lost answer is repeated with the same bytes and counts once', async () => {
  const { server, db, client, save } = await world();
  await save({ title: 'a' });
  server.fault = 'lost answer';
  await client.run();
  const [sent] = db.dump('batches');
  assert.equal(sent.town, null);
  server.fault = '';
  await client.run();
  assert.equal(db.dump('batches')[0].hash, sent.hash);
  assert.equal(server.records.size, 1);
});

test('a cut answer keeps what was whole and asks on from there', async () => {
  const { server, db, client, save } = await world();
  await save({ title: 'a' });
  server.fault = 'cut';
  assert.equal(await client.run(), 'failed');
  assert.equal(client.status().error, 'cut');
  server.fault = '';
  assert.equal(await client.run(), 'done');
  assert.equal(db.dump('records').length, 1);
});

test('a clock that is a day off is learnt, and the work is sent with the offset', async () => {
  const { server, db, client, clock, save } = await world();
  clock.now = server.now - 86400000;
  await save({ title: 'a' });
  assert.equal(await client.run(), 'done');
  assert.equal((await getMeta(db, ['clock'])).clock.offset, 86400000);
  await save({ title: 'b' });
  await client.run();
  assert.equal(db.dump('batches').find((b) => b.no === 2).header.offset, 86400000);
});

test('feeds are read in pieces and end equal to the server', async () => {
  const { server, db, client } = await world();
  server.limit = 7;
  for (let i = 0; i < 50; i++) put(server, 'services', 'r' + i, { region: VILLAGE, title: 't' + i }, 'v' + i);
  put(server, 'institutions', 'i1', { region: '500238101000', name: '司法所' }, 'w1');
  await client.run();
  assert.equal(db.dump('records').length, 51);
  assert.ok(db.dump('feeds').every((f) => f.whole));
  const quiet = server.requests.length;
  await client.run();
  assert.equal(server.requests.length - quiet, 1, 'nothing new: one request');
});

test('a record that moves away leaves, and arrives where it goes', async () => {
  const { server, db, client } = await world();
  put(server, 'services', 'r1', { region: VILLAGE }, 'v1');
  await client.run();
  put(server, 'services', 'r1', { region: '500238101202' }, 'v2');
  await client.run();
  assert.deepEqual((await listIn(db, 'services', VILLAGE)).length, 0);
  assert.deepEqual((await listIn(db, 'services', '500238101202')).length, 1);
});

test('a replica that lost a record heals itself and keeps unsent work', async () => {
  const { server, db, client, save } = await world();
  put(server, 'services', 'r1', { region: VILLAGE, title: 'a' }, 'v1');
  put(server, 'services', 'r2', { region: VILLAGE, title: 'b' }, 'v2');
  await client.run();
  await db.write(['records'], (t) => { t.del('records', 'services/r1'); t.put('records', { k: 'services/ghost', c: 'services', r: 'ghost', rev: 'x', feed: VILLAGE, region: VILLAGE, place: 'services@' + VILLAGE, set: {}, gen: 0 }); });
  put(server, 'services', 'r3', { region: VILLAGE, title: 'c' }, 'v3');
  const k = await save({ title: 'own' });
  server.rule = () => 'held';
  await client.run();
  assert.deepEqual(db.dump('records').map((r) => r.r).filter((r) => /^r\d$/.test(r)).sort(), ['r1', 'r2', 'r3']);
  assert.ok(!db.dump('records').some((r) => r.r === 'ghost'));
  assert.equal((await getView(db, k)).set.title, 'own');
});

test('a server whose sum never fits is not asked without end', async () => {
  const { server, client } = await world();
  put(server, 'services', 'r1', { region: VILLAGE }, 'v1');
  server.wrongSum = true;
  await client.run();
  const first = server.requests.length;
  await client.run();
  assert.ok(server.requests.length - first <= 2);
});

test('what was refused is shown with its reason and not laid over', async () => {
  const { server, db, client, save } = await world();
  put(server, 'services', 'r1', { region: VILLAGE, title: 'theirs' }, 'v1');
  await client.run();
  server.rule = () => 'refused:frozen';
  await save({ title: 'mine' }, 'r1', 'v1');
  assert.equal((await getView(db, 'services/r1')).set.title, 'mine');
  await client.run();
  const view = await getView(db, 'services/r1');
  assert.equal(view.set.title, 'theirs');
  assert.equal(view.problem, 'refused:frozen');
  const created = await save({ title: 'new' });
  await client.run();
  assert.equal((await getView(db, created)).set.title, 'new', 'a refused creation exists only here');
  assert.equal((await client.queue()).problems.length, 2);
});

test('a township restored to yesterday gets the lost batches again', async () => {
  const { server, db, client, save } = await world();
  await save({ title: 'a' });
  await client.run();
  const yesterday = new Map(server.records);
  await save({ title: 'b' });
  await client.run();
  assert.equal(db.dump('batches').length, 2);
  restored(server, (await getMeta(db, ['key'])).key.id, 1, yesterday);
  await client.run();
  assert.equal(server.records.size, 2, 'sent again in the same exchange');
  assert.ok(db.dump('changes').every((c) => c.state === 'township'));
});

test('a gap that the server names is filled from there', async () => {
  const { server, db, client, save } = await world();
  await save({ title: 'a' });
  await client.run();
  const row = server.installs.get((await getMeta(db, ['key'])).key.id);
  Object.assign(row, { lastNo: 0, lastHash: '', lastChange: 0, hashes: [] });
  server.records.clear();
  await save({ title: 'b' });
  await client.run();
  assert.equal(server.records.size, 2);
});

test('a store older than its own signatures ends its identity; a new pairing carries the work over', async () => {
  const { server, db, client, save } = await world();
  await save({ title: 'a' });
  server.fault = 'offline';
  await client.run();
  server.fault = '';
  const before = (await getMeta(db, ['key'])).key.id;
  await client.enrol(server.code, 'again');
  assert.notEqual((await getMeta(db, ['key'])).key.id, before);
  await client.run();
  assert.equal(server.records.size, 1);
  assert.equal(db.dump('batches').length, 1);
});

test('a village that is taken away leaves after the last work was sent', async () => {
  const { server, db, client, save } = await world();
  put(server, 'services', 'r1', { region: VILLAGE }, 'v1');
  await client.run();
  server.readable = server.readable.filter((c) => c !== VILLAGE);
  await save({ title: 'late', region: VILLAGE });
  await client.run();
  assert.equal(server.records.size, 2);
  assert.equal(db.dump('records').filter((r) => r.feed === VILLAGE).length, 0);
  assert.equal(await client.run(), 'done');
});

test('a feed that the server calls gone is dropped, own work stays', async () => {
  const { server, db, client, save } = await world();
  put(server, 'services', 'r1', { region: VILLAGE }, 'v1');
  await client.run();
  server.gone = VILLAGE;
  server.rule = () => 'refused:rights';
  const k = await save({ title: 'own' });
  await client.run();
  assert.equal(db.dump('records').length, 0);
  assert.ok(await getView(db, k));
});

test('a revoked phone forgets what others wrote and keeps its own', async () => {
  const { server, db, client, save } = await world();
  put(server, 'services', 'r1', { region: VILLAGE }, 'v1');
  await client.run();
  server.installs.get((await getMeta(db, ['key'])).key.id).state = 'revoked';
  server.rule = () => 'held';
  const k = await save({ title: 'own' });
  await client.run();
  assert.equal(db.dump('records').length, 0);
  assert.equal((await getMeta(db, ['install_state'])).install_state, 'revoked');
  assert.ok(await getView(db, k));
});

test('a forged receipt gives no tick', async () => {
  const { server, db, client, save } = await world();
  const k = await save({ title: 'a' });
  const honest = server.fetch;
  server.fetch = null;
  const forging = makeClient({ db, now: () => server.now, fetch: async (url, init) => {
    const res = await honest(url, init);
    if (!url.includes('batches')) return res;
    return new Response((await res.text()).replace(/"at":\d+/, '"at":1'), { headers: res.headers });
  } });
  assert.equal(await forging.run(), 'failed');
  assert.equal(forging.status().error, 'receipt');
  assert.equal((await getView(db, k)).level, 1);
  assert.equal(await client.run(), 'done');
  assert.equal((await getView(db, k)).level, 2);
});

test('two tabs: one works, the other steps back', async () => {
  const { db, client, server, clock } = await world();
  const other = makeClient({ db, fetch: server.fetch, now: () => clock.now });
  const results = await Promise.all([client.run(), other.run()]);
  assert.deepEqual(results.sort(), ['busy', 'done']);
});

test('after something was sent the page looks oftener for the city\'s receipt, then every minute', () => {
  assert.deepEqual([0, 3999, 4000, 19999, 20000, 119999, 120000].map(pauseAfter), [2000, 2000, 5000, 5000, 20000, 20000, 60000]);
});

test('a certificate is renewed when the server says so, once, and brings the new village', async () => {
  const { server, db, client, clock } = await world();
  const before = await getMeta(db, ['key', 'alias', 'chain']);
  server.renew = true;
  put(server, 'services', 'r3', { region: '500238101203' }, 'v1');
  assert.equal(await client.run(), 'done');
  server.renew = false;
  const after = await getMeta(db, ['key', 'alias', 'chain', 'villages', 'tokens', 'install_state']);
  assert.equal(after.key.id, before.key.id);
  assert.equal(after.alias, before.alias);
  assert.notEqual(after.chain[0], before.chain[0]);
  assert.deepEqual(after.villages, ['500238101203'], 'what is assigned now');
  assert.deepEqual(Object.keys(after.tokens), ['2027']);
  assert.equal(db.dump('records').length, 1);
  server.requests.length = 0;
  clock.now = server.now += 20 * 86400000;
  await client.run();
  assert.ok(!server.requests.includes('/api/sync/renew'));
  clock.now = server.now += 20 * 86400000;
  await client.run();
  assert.ok(server.requests.includes('/api/sync/renew'), 'after thirty days without being told');
});

test('a renewal that is not for this person, or fails, changes nothing', async () => {
  const { server, db, client } = await world();
  const { chain } = await getMeta(db, ['chain']);
  server.renew = true;
  const honest = server.key;
  server.key = await (await import('../core/install.js')).newKey();
  assert.equal(await client.run(), 'done');
  assert.deepEqual((await getMeta(db, ['chain'])).chain, chain, 'another issuer');
  server.key = honest;
});
