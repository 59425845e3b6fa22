// Attachments against a server of a few lines: parts from the byte it names, one lane, nothing sent before its record.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newKey } from '../core/install.js';
import { addFile, listFiles, PART } from '../store/files.js';
import { memoryDb } from '../store/memory.js';
import { putMeta } from '../store/meta.js';
import { sendFiles } from './files.js';

const bytes = Uint8Array.from({ length: PART * 2 + 500 }, (_, i) => (i * 7) % 251);

async function phone() {
  const db = memoryDb();
  await putMeta(db, { key: await newKey() });
  const file = await addFile(db, { bytes, kind: 'photo', mime: 'image/jpeg', name: '', region: '500238101201', service: 's', by: 'p', ms: 1 });
  const server = { had: new Uint8Array(0), calls: [], answer: null };
  const fetch = async (uri, { method, headers, body }) => {
    server.calls.push(method + ' ' + (headers['Upload-Offset'] || ''));
    assert.match(headers.Authorization, /^Cunju /);
    const own = server.answer && server.answer(method);
    if (own) return own;
    if (method === 'PATCH') {
      if (Number(headers['Upload-Offset']) !== server.had.length) return new Response(null, { status: 409, headers: { 'Upload-Offset': String(server.had.length) } });
      server.had = Uint8Array.from([...server.had, ...body]);
    }
    const whole = server.had.length === bytes.length;
    return new Response(null, { status: whole ? 200 : 204, headers: { 'Upload-Offset': String(server.had.length) } });
  };
  const client = { db, line: { fetch, base: '', language: () => 'zh-CN' }, now: () => 5, clock: async () => ({ offset: 0 }), heard: async () => {} };
  const arrived = () => db.write(['changes'], async (t) => { for (const c of await t.all('changes')) t.put('changes', { ...c, state: 'township', verdict: 'applied' }); });
  return { db, file, server, client, arrived };
}

const lane = { may: () => '', told: () => {} };

test('a file waits for its record, then goes part by part and counts only when the server has it whole', async () => {
  const { db, server, client, arrived } = await phone();
  assert.equal(await sendFiles(client, lane), 'done');
  assert.deepEqual(server.calls, [], 'the record has no receipt yet');
  await arrived();
  assert.equal(await sendFiles(client, lane), 'done');
  assert.deepEqual(server.calls, ['HEAD ', 'PATCH 0', 'PATCH ' + PART, 'PATCH ' + 2 * PART]);
  assert.deepEqual(server.had, bytes);
  assert.equal((await listFiles(db))[0].state, 'here');
});

test('a pause holds between two parts, and it goes on from the byte that the server names', async () => {
  const { db, server, client, arrived } = await phone();
  await arrived();
  let asked = 0;
  assert.equal(await sendFiles(client, { ...lane, may: () => (asked++ ? 'paused' : '') }), 'paused');
  assert.equal((await listFiles(db))[0].sent, PART);
  server.had = bytes.slice(0, PART + 100);
  assert.equal(await sendFiles(client, lane), 'done');
  assert.deepEqual(server.had, bytes);
});

test('new work goes first', async () => {
  const { db, client, server, arrived } = await phone();
  await arrived();
  await db.write(['changes'], (t) => t.put('changes', { seq: 99, id: 'x', recs: [], state: 'unsent', verdict: '', batch: 0, settled: 0 }));
  assert.equal(await sendFiles(client, lane), 'changes');
  assert.deepEqual(server.calls, ['HEAD ']);
});

test('what the server does not want is said, a page of somebody else is no answer', async () => {
  const { db, server, client, arrived } = await phone();
  await arrived();
  server.answer = () => new Response('<html>', { status: 200 });
  await assert.rejects(sendFiles(client, lane), (err) => err.code === 'not_ours');
  server.answer = (method) => method === 'PATCH' && new Response('{"code":"blob_kind"}', { status: 422 });
  assert.equal(await sendFiles(client, lane), 'done');
  const [row] = await listFiles(db);
  assert.deepEqual([row.state, row.why], ['refused', 'blob_kind']);
});
