// The golden vectors that the Go packages pass too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromHex } from './bytes.js';
import { codeIn, dayOf, ratingToken, ratingUrl, readToken, tagOf, tokenKey, yearOf } from './code.js';

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
  for (const v of golden.typed) assert.equal(codeIn(v.in), v.text, v.in);
});
