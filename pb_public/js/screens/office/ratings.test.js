import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as texts from './ratings-texts.js';

test('the texts of ratings are in both languages, and every key that is named has one', () => {
  assert.deepEqual(Object.keys(texts.zh).sort(), Object.keys(texts.en).sort());
  for (const key of Object.keys(texts.zh)) {
    assert.deepEqual((texts.en[key].match(/\{\w+\}/g) || []).sort(), (texts.zh[key].match(/\{\w+\}/g) || []).sort(), key);
    if (key !== 'loop.grade.0') assert.ok(texts.zh[key].trim() && texts.en[key].trim(), key);
  }
  for (const name of ['ratings.js', 'ratings-parts.js', 'ratings-case.js', 'ratings-desk.js']) {
    const source = readFileSync(new URL(name, import.meta.url), 'utf8');
    for (const [, key] of source.matchAll(/'(loop\.[a-z0-9_.]*[a-z0-9])'/g)) assert.ok(texts.zh[key], name + ': ' + key);
  }
});
