import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { batchHash, batchText, receiptText, seal, verifiedBatch, verifiedReceipt, viaText } from './batch.js';
import { fromB64, fromBase32, toB64, toBase32, toHex, utf8 } from './bytes.js';
import { bodyHash, lineOf, newChange, newId, parseLine, timeText, validId } from './change.js';
import { idNumber, masked, phone, regionCode } from './check.js';
import { sumOf } from './checkpoint.js';
import { codeIn, dayOf, grouped, ratingUrl, yearOf } from './code.js';
import { authorization, covers, installId, newKey, prefix, requestText, sign, verify } from './install.js';
import { qrPath } from './qr.js';
import { sha256 } from './sha256.js';
import { bounded, newer } from './stamp.js';
import { makeSuggester, suggest } from './suggest.js';

const topics = JSON.parse(readFileSync(new URL('../../data/topics.json', import.meta.url), 'utf8'));

test('sha256 equals the platform at every block boundary', () => {
  for (const n of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 1000]) {
    const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 7) & 255);
    assert.equal(toHex(sha256(bytes)), createHash('sha256').update(bytes).digest('hex'), String(n));
  }
});

test('text forms of bytes have one form each', () => {
  for (let n = 0; n < 40; n++) {
    const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 37 + n) & 255);
    assert.equal(toB64(bytes), Buffer.from(bytes).toString('base64url'));
    assert.deepEqual(fromB64(toB64(bytes)), bytes);
    assert.deepEqual(fromBase32(toBase32(bytes)), bytes);
  }
  assert.equal(fromB64('AB'), null, 'spare bits must be zero');
  assert.equal(fromB64('A='), null);
  assert.equal(fromBase32('A1'), null);
});

test('ids are 15 characters and do not repeat', () => {
  const ids = new Set(Array.from({ length: 500 }, newId));
  assert.equal(ids.size, 500);
  for (const id of ids) assert.match(id, /^[a-z0-9]{15}$/);
  assert.ok(!validId('ABC') && !validId(''));
});

test('times carry the device offset', () => {
  assert.equal(timeText(Date.UTC(2026, 10, 24, 1, 30), 480), '2026-11-24T09:30:00.000+08:00');
  assert.equal(timeText(Date.UTC(2026, 10, 24, 1, 30), -150), '2026-11-23T23:00:00.000-02:30');
});

test('a line is made once, in one order, and reads back', () => {
  const edits = [{ c: 'services', r: newId(), base: '', set: { title: 'a\ud83d', region: '500236101201', details: { b: 1, a: [] } } }];
  const change = newChange({ ms: Date.UTC(2026, 10, 24), minutes: 480, by: 'staff', edits });
  const line = lineOf(change);
  assert.match(line, /"set":\{"details":\{"a":\[\],"b":1\},"region":"500236101201","title":"a\ufffd"\}/);
  assert.equal(parseLine(line).id, change.id);
  assert.equal(bodyHash(line), createHash('sha256').update(line).digest('base64url'));
});

test('what a server would refuse never becomes a line', () => {
  const set = { region: '500236101201' };
  const make = (over) => lineOf({ ...newChange({ ms: 0, by: 's', edits: [{ c: 'visits', r: 'r1', base: '', set }] }), ...over });
  make({});
  const deep = {};
  let at = deep;
  for (let i = 0; i < 9; i++) { at.a = {}; at = at.a; }
  for (const over of [{ id: 'A' }, { x: 'short' }, { at: 'now' }, { edits: [] }, { form: -1 },
    { edits: [{ c: 'V', r: 'r1', base: '', set }] }, { edits: [{ c: 'visits', r: 'r1', base: '', set: {} }] },
    { edits: [{ c: 'visits', r: 'r1', base: '', set: { a: deep } }] }, { edits: [{ c: 'visits', r: 'r1', base: '', set: { a: 2 ** 54 } }] },
    { edits: [{ c: 'visits', r: 'r1', base: '', set: { a: 'x'.repeat(262144) } }] }]) {
    assert.throws(() => make(over), /malformed/, JSON.stringify(over).slice(0, 80));
  }
  assert.throws(() => parseLine('{"id":"a","more":1}'), /malformed/);
});

test('a batch verifies as sealed and in no other way', async () => {
  const key = await newKey();
  const lines = ['{"a":1}', '{"a":2}'];
  const { header, hash } = await seal(key, { no: 1, prev: '', first: 1, at: 5, offset: 0, contact: 0 }, lines);
  const bodies = lines.map(bodyHash);
  assert.equal(await verifiedBatch(header, bodies, key.public), hash);
  assert.equal(hash, batchHash(batchText(header, bodies)));
  for (const over of [{ no: 2 }, { n: 1 }, { at: 6 }, { offset: 1 }, { contact: 1 }, { first: 2 }, { suite: 'gm' }, { install: 'x' }]) {
    assert.equal(await verifiedBatch({ ...header, ...over }, bodies, key.public), null, JSON.stringify(over));
  }
  assert.equal(await verifiedBatch(header, [bodies[1], bodies[0]], key.public), null);
});

test('receipts and forwarding notes list verdicts by number', async () => {
  const receipt = { batch: 'h', install: 'i', no: 1, level: 'city', server: 's', epoch: 'e', at: 7, n: 12, verdicts: { 10: 'merged', 9: 'refused:rights' } };
  assert.equal(receiptText(receipt), 'cunju receipt v1\nh\ncity\ns\ne\n7\n12\n9:refused:rights 10:merged');
  assert.equal(viaText({ hash: 'h', server: 's', at: 1, taus: [1, 2] }), 'cunju via v1\nh\ns\n1\n1 2\n');
  const key = await newKey();
  const sig = await sign(key, receiptText(receipt));
  assert.ok(await verifiedReceipt({ ...receipt, sig }, key.public));
  assert.ok(!(await verifiedReceipt({ ...receipt, n: 11, sig }, key.public)));
});

test('requests are signed over method, address, time and nonce', async () => {
  const key = await newKey();
  const [install, ms, nonce, sig] = (await authorization(key, 'GET', '/api/sync/feed?f=a', 42)).replace('Cunju ', '').split('.');
  assert.equal(install, installId(key.public));
  assert.ok(await verify(key.public, requestText('GET', '/api/sync/feed?f=a', Number(ms), nonce), sig));
  assert.ok(!(await verify(key.public, requestText('POST', '/api/sync/feed?f=a', Number(ms), nonce), sig)));
});

test('codes cover what lies under them', () => {
  assert.equal(prefix('500000000000'), '50');
  assert.equal(prefix('500238101000'), '500238101');
  assert.ok(covers('500238101000', '500238101201') && !covers('500238101000', '500238102201') && covers('500238101201', '500238101201'));
});

test('the newer stamp wins, and exactly one of two does', () => {
  const stamps = [{ tau: 1, id: 'a' }, { tau: 1, id: 'b' }, { tau: 2, id: 'a' }];
  for (const a of stamps) for (const b of stamps) assert.equal(newer(a, b) && newer(b, a), false);
  assert.ok(newer(stamps[1], stamps[0]) && newer(stamps[2], stamps[1]));
  const received = Date.UTC(2026, 10, 24);
  assert.equal(bounded(received + 9e9, 0, received, 0), received, 'not from the future');
  assert.equal(bounded(received - 1000, 0, received, received + 5), received + 6, 'after what it saw');
  assert.equal(bounded(0, 0, received, 0), received, 'a clock of 1970 says nothing');
});

test('a sum does not depend on order', () => {
  const records = Array.from({ length: 50 }, (_, i) => ({ c: 'services', r: 'r' + i, rev: 'v' + i }));
  assert.deepEqual(sumOf(records), sumOf([...records].reverse()));
  assert.notEqual(sumOf(records).sum, sumOf(records.slice(1)).sum);
  const one = createHash('sha256').update('services/r0@v0').digest().readBigUInt64BE(0).toString(16).padStart(16, '0');
  assert.deepEqual(sumOf(records.slice(0, 1)), { count: 1, sum: one });
});

test('typed numbers are folded and judged', () => {
  const now = Date.UTC(2026, 10, 24);
  assert.deepEqual(idNumber('５００２３１１９７７１１０３０００x', now), { ok: true, value: '50023119771103000X' });
  assert.equal(idNumber('500113600510000', now).value, '500113196005100004');
  for (const [text, reason] of [['500231194502260003', 'id_check_digit'], ['500240190002290006', 'id_date'], ['990101198001010006', 'id_area'],
    ['50010519850615', 'id_length'], ['5001051985O6150009', 'id_charset'], ['500151299901010007', 'id_date']]) {
    assert.equal(idNumber(text, now).reason, reason, text);
  }
  assert.deepEqual(phone('+86 130 0000 0000'), { ok: true, value: '13000000000' });
  assert.deepEqual(phone('023-60000000'), { ok: true, value: '023-60000000' });
  assert.equal(phone('12000000000').reason, 'phone_prefix');
  assert.equal(phone('0236000000').reason, 'phone_length');
  assert.ok(regionCode('500238101201').ok && !regionCode('50023810120').ok);
  assert.equal(masked('13000000000'), '130****0000');
});

test('topics are proposed by the longest words', () => {
  const list = makeSuggester(topics);
  const best = (text, month = 6) => suggest(list, text, month).map((p) => p.code);
  assert.equal(best('男方要离婚，孩子归谁')[0].slice(0, 2), '01');
  assert.equal(best('老闆拖欠工資不給')[0], best('老板拖欠工资不给')[0], 'traditional signs are folded');
  assert.deepEqual(best('想问一下'), ['9902']);
  assert.deepEqual(best('路灯'), ['9901']);
  assert.deepEqual(best('   '), []);
  const tied = suggest(list, '离婚 家暴', 6);
  assert.ok(!tied[0].sure || tied[0].score >= tied[1].score * 1.15);
});

test('codes as people type and scan them', () => {
  assert.equal(codeIn(' euac-fq6u aqrc '), 'EUACFQ6UAQRC');
  assert.equal(codeIn('HTTPS://X.CN/R/EUACFQ6UAQRC'), 'EUACFQ6UAQRC');
  assert.equal(codeIn('no code!'), '');
  assert.equal(grouped('ABCDEFGHI'), 'ABCD EFGH I');
  assert.equal(dayOf(Date.UTC(2023, 11, 31, 16)), 0);
  assert.equal(yearOf(dayOf(Date.UTC(2026, 11, 31, 16))), 2027);
  assert.equal(ratingUrl('https://host.gov.cn/', 'ABC'), 'HTTPS://HOST.GOV.CN/R/ABC');
});

test('a rating code is small: 33 modules, alphanumeric', () => {
  const { modules, size, path } = qrPath('HTTPS://CUNJU.SFJ.CQ.GOV.CN/R/' + 'A'.repeat(39));
  assert.equal(modules, 33);
  assert.equal(size, 41);
  assert.match(path, /^M4 4h7v1h-7z/);
  assert.equal(utf8('村').length, 3);
});
