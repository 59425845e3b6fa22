// A township node in memory, written from docs/sync.md for the client's tests, with faults to order. It is not the product's server.
import { bodyHash, parseLine } from '../../core/change.js';
import { receiptText, verifiedBatch } from '../../core/batch.js';
import { fromB64, toB64, utf8 } from '../../core/bytes.js';
import { sumOf } from '../../core/checkpoint.js';
import { installId, keyOf, newKey, parseCert, requestText, sign, verify } from '../../core/install.js';
import { gunzipSync } from 'node:zlib';

export const VILLAGE = '500238101201';
const TOWN = '500238101000';

export async function makeServer() {
  const s = { key: await newKey(), city: await newKey(), epoch: 'e1', now: Date.UTC(2026, 10, 24, 2), installs: new Map(), records: new Map(), removes: [], seq: 0,
    receipts: [], readable: [VILLAGE, '500238101202', TOWN, '500238000000', '500000000000'], code: 'ABCDEFGH23456789', fault: '', requests: [], rule: () => 'applied' };
  s.cityCert = await issue(s.city, s.city, 'city', ['500000000000'], '', s.now);
  s.cert = await issue(s.city, s.key, 'township', [TOWN], '', s.now);
  s.fetch = (url, init) => answer(s, new URL(url, 'http://x'), init || {});
  return s;
}

async function issue(issuer, key, kind, regions, staff, now) {
  const payload = { v: 1, suite: 'std', install: key.id, key: toB64(key.public), kind, staff, name: 'n', regions, alias: 'a1b2c3d4', from: now - (kind === 'phone' ? 1000 : 1e10), until: now + 1e10, issuer: issuer.id, no: 1 };
  const body = toB64(utf8(JSON.stringify(payload)));
  return body + '.' + (await sign(issuer, 'cunju cert v1\n' + body));
}

async function answer(s, url, init) {
  s.requests.push(url.pathname + url.search);
  if (s.fault === 'offline') throw new TypeError('Failed to fetch');
  if (s.fault === 'captive') return new Response('<html>Log in to Wi-Fi', { headers: { 'Content-Type': 'text/html' } });
  if (s.fault === 'busy') return new Response('', { status: 429, headers: { 'Retry-After': '7' } });
  const call = { '/api/sync/enrol': enrol, '/api/sync/batches': batches, '/api/sync/feed': feed, '/api/sync/status': status, '/api/sync/hello': hello, '/api/sync/renew': renewal }[url.pathname];
  const res = await call(s, url, init);
  if (s.fault === 'lost answer') throw new TypeError('Failed to fetch');
  return res;
}

const json = (value, code = 200) => new Response(JSON.stringify(value), { status: code, headers: { 'Content-Type': 'application/json' } });
const refuse = (code, status, more) => json({ status, code, message: code, ...more }, status);

function ndjson(s, lines) {
  const kept = s.fault === 'cut' ? lines.slice(0, -1) : lines;
  const text = kept.map((l) => JSON.stringify(l) + '\n').join('') + (s.fault === 'cut' ? '{"half":' : '');
  return new Response(text, { headers: { 'Content-Type': 'application/x-ndjson; charset=utf-8' } });
}

function hello(s) {
  return json({ tier: 'township', install: s.key.id, epoch: s.epoch, chain: [s.cert, s.cityCert], now: s.now, region: TOWN });
}

async function enrol(s, url, init) {
  const ask = JSON.parse(init.body);
  if (ask.code !== s.code) return refuse('pairing_wrong', 403);
  const pub = fromB64(ask.key);
  const cert = await issue(s.key, { id: installId(pub), public: pub }, 'phone', [VILLAGE, '500238101202'], 'staff1', s.now);
  s.installs.set(installId(pub), { cert, lastNo: 0, lastHash: '', lastChange: 0, hashes: [], state: 'active' });
  const regions = [{ code: VILLAGE, name: '柳园村' }, { code: '500238101202', name: '中河村' }];
  return json({ install: installId(pub), chain: [cert, s.cert, s.cityCert], staff: { id: 'staff1', name: '张三', role: 'counsel' }, regions,
    tokens: { 2026: toB64(new Uint8Array(32).fill(7)) }, rating_base: 'HTTPS://HOST', epoch: s.epoch, now: s.now });
}

/** The same key with a village more. */
async function renewal(s, url, init) {
  const who = await caller(s, url, init);
  if (who instanceof Response) return who;
  const key = parseCert(who.row.cert).key;
  who.row.cert = await issue(s.key, { id: who.install, public: fromB64(key) }, 'phone', [VILLAGE, '500238101203'], 'staff1', s.now);
  s.readable.push('500238101203');
  return json({ install: who.install, chain: [who.row.cert, s.cert, s.cityCert], staff: { id: s.renewsFor || 'staff1', name: '张三', role: 'counsel' },
    regions: [{ code: '500238101203', name: '长桂村' }], tokens: { 2027: toB64(new Uint8Array(32).fill(9)) }, rating_base: 'HTTPS://HOST', epoch: s.epoch, now: s.now });
}

async function batches(s, url, init) {
  const packed = init.headers['Content-Encoding'] === 'gzip';
  const text = packed ? gunzipSync(Buffer.from(init.body)).toString() : init.body;
  const lines = text.split('\n').slice(0, -1);
  const out = [];
  const failed = new Set();
  while (lines.length) {
    const head = JSON.parse(lines.shift());
    if (head.cert) continue;
    const bodies = lines.splice(0, head.n);
    const one = failed.has(head.install) ? null : await receive(s, head, bodies);
    if (one && one.error) failed.add(head.install);
    if (one) out.push(one);
  }
  return ndjson(s, [...out, { now: s.now }]);
}

async function receive(s, head, lines) {
  const install = s.installs.get(head.install);
  if (!install) return { error: { code: 'unknown_install' } };
  const hash = await verifiedBatch(head, lines.map(bodyHash), keyOf(parseCert(install.cert)));
  if (!hash) return { error: { code: 'signature' } };
  if (head.no <= install.lastNo) {
    return install.hashes[head.no - 1] === hash ? { receipt: s.receipts.find((r) => r.batch === hash && r.level === 'township') } : { error: { code: 'fork', install: head.install, no: head.no } };
  }
  if (head.no !== install.lastNo + 1) return { error: { code: 'gap', install: head.install, no: head.no, expect: install.lastNo + 1 } };
  if (head.prev !== install.lastHash || head.first !== install.lastChange + 1) return { error: { code: 'malformed' } };
  const verdicts = {};
  lines.forEach((line, i) => {
    const verdict = fold(s, parseLine(line));
    if (verdict !== 'applied') verdicts[i] = verdict;
  });
  Object.assign(install, { lastNo: head.no, lastHash: hash, lastChange: head.first + head.n - 1, hashes: [...install.hashes, hash] });
  const receipt = await receiptOf(s, s.key, 'township', hash, head, verdicts);
  s.receipts.push(receipt);
  return { receipt };
}

async function receiptOf(s, key, level, hash, head, verdicts) {
  const r = { batch: hash, install: head.install, no: head.no, level, server: key.id, epoch: s.epoch, at: s.now, n: head.n };
  if (Object.keys(verdicts).length) r.verdicts = verdicts;
  return { ...r, sig: await sign(key, receiptText(r)) };
}

/** The city acknowledges everything that the township has. */
export async function cityReceipts(s) {
  for (const r of s.receipts.filter((x) => x.level === 'township')) {
    if (s.receipts.some((x) => x.level === 'city' && x.batch === r.batch)) continue;
    s.receipts.push(await receiptOf(s, s.city, 'city', r.batch, r, r.verdicts || {}));
  }
}

function fold(s, change) {
  const verdict = s.rule(change);
  if (verdict.startsWith('refused')) return verdict;
  for (const e of change.edits) put(s, e.c, e.r, e.set, change.id);
  return verdict;
}

/** Writes a record as the server's own. */
export function put(s, c, r, set, rev) {
  const k = c + '/' + r;
  const old = s.records.get(k);
  const merged = { ...(old && old.set), ...set };
  if (old && old.set.region !== merged.region) s.removes.push({ feed: old.set.region, c, r, seq: ++s.seq });
  s.records.set(k, { c, r, rev, tau: s.now, seq: ++s.seq, set: merged });
}

async function caller(s, url, init) {
  const [install, ms, nonce, sig] = (init.headers.Authorization || '').replace('Cunju ', '').split('.');
  const row = s.installs.get(install);
  if (!row) return refuse('unknown_install', 401);
  const right = await verify(keyOf(parseCert(row.cert)), requestText(init.method || 'GET', url.pathname + url.search, Number(ms), nonce), sig);
  if (!right) return refuse('signature', 401);
  return Math.abs(Number(ms) - s.now) > 600000 ? refuse('clock', 401, { now: s.now }) : { row, install };
}

async function status(s, url, init) {
  const who = await caller(s, url, init);
  if (who instanceof Response) return who;
  return json({ install: who.install, state: 'active', last_no: who.row.lastNo, last_change: who.row.lastChange, last_hash: who.row.lastHash, refused: 0, conflicts: 0, now: s.now });
}

async function feed(s, url, init) {
  const who = await caller(s, url, init);
  if (who instanceof Response) return who;
  const asked = url.searchParams.getAll('f').map((f) => f.split(','));
  if (who.row.state === 'revoked') return ndjson(s, [...asked.map(([name]) => ({ gone: name })), { now: s.now, state: 'revoked' }]);
  const region = (name) => name.replace(/\/own\/staff1$/, '');
  if (asked.some(([name]) => !s.readable.includes(region(name)))) return refuse('scope', 403);
  const limit = s.limit || 500;
  const out = [];
  for (const [name] of asked) if (region(name) === s.gone) out.push({ gone: name });
  for (const [name, epoch, seq] of asked.filter(([n]) => region(n) !== s.gone)) one(s, out, name, epoch, Number(seq), limit);
  const rn = Number(url.searchParams.get('receipts'));
  s.receipts.forEach((receipt, i) => { if (receipt.level === 'city' && receipt.install === who.install && i + 1 > rn) out.push({ receipt, rn: i + 1 }); });
  return ndjson(s, [...out, { now: s.now, regions: s.readable.filter((c) => c !== s.gone), state: who.row.state, ...(s.renew ? { renew: true } : {}) }]);
}

function one(s, out, name, epoch, asked, limit) {
  const from = epoch === s.epoch ? asked : 0;
  if (epoch !== s.epoch) out.push({ reset: name, epoch: s.epoch });
  out.push({ feed: name });
  const mine = [...s.records.values()].filter((r) => r.set.region === name);
  const gone = s.removes.filter((r) => r.feed === name).map(({ c, r, seq }) => ({ c, r, seq, remove: true }));
  const lines = [...mine, ...gone].filter((l) => l.seq > from).sort((a, b) => a.seq - b.seq);
  out.push(...lines.slice(0, limit));
  const sum = s.wrongSum ? { count: mine.length, sum: '0'.repeat(16) } : sumOf(mine);
  if (lines.length > limit) out.push({ checkpoint: { feed: name, epoch: s.epoch, seq: lines[limit - 1].seq, more: true } });
  else out.push({ checkpoint: { feed: name, epoch: s.epoch, seq: Math.max(from, ...lines.map((l) => l.seq)), more: false, ...sum } });
}

/** The server comes back as it was after batch no of this install, as another incarnation. */
export function restored(s, install, no, records) {
  const row = s.installs.get(install);
  Object.assign(row, { lastNo: no, lastHash: row.hashes[no - 1] || '', hashes: row.hashes.slice(0, no), lastChange: no });
  s.records = records;
  s.epoch += 'x';
}

