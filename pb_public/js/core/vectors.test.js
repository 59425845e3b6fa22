// The golden vectors that the Go packages pass too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { receiptText, verifiedBatch, verifiedReceipt, batchText, viaText } from './batch.js';
import { fromB64, fromHex } from './bytes.js';
import { bodyHash, parseLine } from './change.js';
import { sumOf } from './checkpoint.js';
import { certifiedBy, installId, parseCert, requestText, verifiedChain, verify } from './install.js';
import { bounded } from './stamp.js';
import { codeIn, dayOf, ratingToken, ratingUrl, readPlate, readToken, tagOf, tokenKey, yearOf } from './code.js';

const read = (path) => JSON.parse(readFileSync(new URL('../../../' + path, import.meta.url), 'utf8'));

test('codes: tokens, days and typed forms equal the server\'s', async () => {
  const golden = read('hooks/codes/testdata/vectors.json');
  for (const { at, day, year } of golden.days) {
    assert.equal(dayOf(Date.parse(at)), day, at);
    assert.equal(yearOf(day), year, at);
  }
  for (const v of golden.codes.filter((c) => c.kind === 1)) {
    const key = await tokenKey(fromHex(v.key));
    assert.equal(await tagOf(key, v.service), v.tag);
    const token = await ratingToken(key, v);
    assert.equal(token, v.text);
    assert.equal(ratingUrl(v.base, token), v.url);
    assert.deepEqual(readToken(token), { version: 1, kind: 1, suite: 1, alias: v.alias, day: v.day, tag: v.tag, mac: v.mac });
  }
  for (const v of golden.plates) {
    assert.deepEqual(readPlate(v.text), { region: v.region, day: v.day, mac: v.mac });
    assert.deepEqual(readPlate(codeIn(v.url)), readPlate(v.text));
    assert.equal(readToken(v.text), null);
  }
  for (const v of golden.codes) assert.equal(readPlate(v.text), null);
  for (const bad of ['', 'A', golden.plates[0].text.slice(1)]) assert.equal(readPlate(bad), null);
  for (const v of golden.typed) assert.equal(codeIn(v.in), v.text, v.in);
});

test('wire: installs and the chain', async () => {
  const v = read('sync/wire/testdata/vectors.json');
  for (const { key, id } of v.installs) assert.equal(installId(fromB64(key)), id);
  const certs = await verifiedChain(v.chain, v.now);
  assert.deepEqual(certs.map((c) => c.kind), ['phone', 'township', 'city']);
  assert.equal(await certifiedBy(v.chain[0], parseCert(v.chain[2]), v.now), null, "a phone's certificate is not the city's");
  assert.equal(await verifiedChain(v.chain, v.now + 500 * 86400000), null, 'expired');
  assert.equal(await verifiedChain(v.chain, v.now, v.installs[1].id), null, 'another root');
});

test('wire: lines, batches, statements, requests', async () => {
  const v = read('sync/wire/testdata/vectors.json');
  for (const { line, hash, ok, why } of v.lines) {
    assert.equal(bodyHash(line), hash);
    if (ok) parseLine(line);
    else assert.throws(() => parseLine(line), /malformed/, why);
  }
  const phone = fromB64(v.installs[0].key);
  const town = fromB64(v.installs[1].key);
  for (const { header, lines, text, hash } of v.batches) {
    const bodies = lines.map(bodyHash);
    assert.equal(batchText(header, bodies), text);
    assert.equal(await verifiedBatch(header, bodies, phone), hash);
    assert.equal(await verifiedBatch({ ...header, at: header.at + 1 }, bodies, phone), null);
  }
  assert.equal(receiptText(v.receipt.receipt), v.receipt.text);
  assert.ok(await verifiedReceipt(v.receipt.receipt, town));
  assert.equal(viaText(v.via.via), v.via.text);
  assert.ok(await verify(town, v.via.text, v.via.via.sig));
  const [, ms, nonce, sig] = v.request.header.replace('Cunju ', '').split('.');
  assert.ok(await verify(phone, requestText(v.request.method, v.request.uri, Number(ms), nonce), sig));
});

test('wire: checkpoints and stamps', () => {
  const v = read('sync/wire/testdata/vectors.json');
  for (const one of v.sums) assert.equal(sumOf([one]).sum, one.sum);
  assert.equal(sumOf(v.sums).sum, v.sum_of_all);
  for (const { claimed, offset, received, base, tau } of v.stamps) assert.equal(bounded(claimed, offset, received, base), tau);
});
