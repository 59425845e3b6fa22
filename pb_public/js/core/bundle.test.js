// Files for where no network goes, against the vectors that the Go package passes too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { boxVerified, letterText, newBoxKey, openBundle, sealBundle } from './bundle.js';
import { fromB64, fromHex, toB64 } from './bytes.js';
import { parseCert, SUITE } from './install.js';

const golden = JSON.parse(readFileSync(new URL('../../../sync/bundle/testdata/vectors.json', import.meta.url), 'utf8'));

async function ecdh(hex, pub) {
  const part = (from, to) => toB64(pub.slice(from, to));
  const jwk = { kty: 'EC', crv: 'P-256', d: toB64(fromHex(hex)), x: part(1, 33), y: part(33, 65) };
  return { privateKey: await crypto.subtle.importKey('jwk', jwk, { name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']), public: pub };
}

const own = await ecdh(golden.box_private_hex, fromB64(golden.box.key));
const file = new Uint8Array(Buffer.from(golden.file_b64, 'base64url'));

test('the box of the vectors is its install\'s, and a changed one is not', async () => {
  const cert = parseCert(golden.box_cert);
  assert.equal(await boxVerified(golden.box, cert), true);
  assert.equal(await boxVerified({ ...golden.box, key: toB64(own.public.map((b, i) => (i === 9 ? b ^ 1 : b))) }, cert), false);
});

test('the file of the vectors opens to its letter and sections', async () => {
  const { letter, sections } = await openBundle(file, own);
  assert.deepEqual(letter, golden.letter);
  assert.equal(letterText(letter, golden.header), golden.letter_signed_text);
  assert.deepEqual(sections.map((s) => s.trim()), golden.sections.map((s) => s.trim()));
});

test('a file made here with the vectors\' keys has their header, and opens again', async () => {
  const once = await ecdh(golden.once_private_hex, fromB64(JSON.parse(golden.header).key));
  const { sig, ...letter } = golden.letter;
  const long = Array.from({ length: 9000 }, (_, i) => `{"n":${i},"x":"${toB64(crypto.getRandomValues(new Uint8Array(9)))}"}`).join('\n') + '\n';
  const made = await sealBundle(golden.box, letter, async (text) => { assert.equal(text, golden.letter_signed_text); return sig; }, [long, 'second\n'], once);
  assert.equal(new TextDecoder().decode(made.subarray(0, made.indexOf(10))), golden.header);
  assert.ok(made.length > 70000, 'more than one frame');
  const { sections } = await openBundle(made, own);
  assert.equal(sections[0].trim(), long.trim());
});

test('every change and every cut is noticed, and another receiver is told so', async () => {
  for (const at of [200, 300, file.length - 1]) await assert.rejects(openBundle(file.map((b, i) => (i === at ? b ^ 1 : b)), own));
  for (const end of [0, 10, file.length - 1, file.length - 17]) await assert.rejects(openBundle(file.slice(0, end), own), /unreadable/);
  await assert.rejects(openBundle(file, await newBoxKey()), /bundle_receiver/);
  const other = new TextEncoder().encode(golden.header.replace(`"suite":"${SUITE}"`, '"suite":"xx"') + '\n');
  await assert.rejects(openBundle(other, own), /suite/);
});
