import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { receiptText, verifiedReceipt, viaText } from './batch.js';
import { concat, fromB64, fromHex, utf8 } from './bytes.js';
import { installId, verifiedChain, verify } from './install.js';
import { sm2Verified, sm3 } from './sm.js';

const read = (path) => JSON.parse(readFileSync(new URL('../../../' + path, import.meta.url), 'utf8'));
const hex = (bytes) => Buffer.from(bytes).toString('hex');

test('SM3 and SM2 pass the standards\' examples', () => {
  const v = read('sync/install/testdata/sm_vectors.json');
  for (const { message, digest } of v.sm3.cases) assert.equal(hex(sm3(utf8(message))), digest);
  const key = concat(Uint8Array.of(4), fromHex(v.sm2.public_x), fromHex(v.sm2.public_y));
  const wide = (text) => fromHex(text.toLowerCase().padStart(64, '0'));
  for (const c of [...v.sm2.sign, ...v.sm2.reject].filter((x) => x.id === '1234567812345678')) {
    assert.equal(sm2Verified(key, c.message, concat(wide(c.r), wide(c.s))), c.valid, c.why);
  }
});

test('SM3 of every length around its blocks equals the Go library\'s', () => {
  // sm3 over the digests of 0 … 130 bytes, each byte the length.
  const all = Array.from({ length: 131 }, (_, n) => sm3(new Uint8Array(n).fill(n)));
  assert.equal(hex(sm3(concat(...all))), '660fbf59ce120ac212aec2c06e2e2e9a838fa7050b42b1d5356be91e16fa135e');
});

test('keys off the curve and signatures of other lengths are refused', () => {
  const v = read('sync/install/testdata/sm_vectors.json').sm2;
  const key = concat(Uint8Array.of(4), fromHex(v.public_x), fromHex(v.public_y));
  const sig = concat(fromHex(v.sign[0].r), fromHex(v.sign[0].s));
  const off = key.slice();
  off[64] ^= 1;
  for (const [k, s] of [[off, sig], [key.slice(1), sig], [key, sig.slice(1)], [Uint8Array.of(2, ...key.slice(1)), sig]]) assert.equal(sm2Verified(k, v.sign[0].message, s), false);
});

test('the second suite: a chain that mixes suites, a receipt and a via of a gm server', async () => {
  const { gm: v } = read('sync/wire/testdata/vectors.json');
  for (const { suite, key, id } of v.installs) assert.equal(installId(fromB64(key), suite), id);
  const certs = await verifiedChain(v.chain, v.now);
  assert.deepEqual(certs.map((c) => c.suite), ['gm', 'std', 'gm']);
  const city = fromB64(v.installs[2].key);
  assert.equal(receiptText(v.receipt.receipt), v.receipt.text);
  assert.ok(await verifiedReceipt(v.receipt.receipt, city));
  assert.equal(await verifiedReceipt({ ...v.receipt.receipt, n: 2 }, city), false);
  for (const suite of [undefined, 'std', 'none']) assert.equal(await verifiedReceipt({ ...v.receipt.receipt, suite }, city), false, String(suite));
  assert.equal(viaText(v.via.via), v.via.text);
  assert.ok(await verify(city, v.via.text, v.via.via.sig, 'gm'));
  assert.equal(await verify(city, v.via.text, v.via.via.sig), false);
});
