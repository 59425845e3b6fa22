import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as texts from './texts-laws.js';

test('the texts of laws are in both languages, and every key that is named has one', () => {
  assert.deepEqual(Object.keys(texts.zh).sort(), Object.keys(texts.en).sort());
  const source = readFileSync(new URL('./laws.js', import.meta.url), 'utf8');
  for (const [, key] of source.matchAll(/t\('(law\.[a-z_.]+[a-z])'[),]/g)) assert.ok(texts.zh[key], key);
});
