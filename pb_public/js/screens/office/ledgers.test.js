import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { periodOf } from './ledgers.js';
import * as texts from './texts-ledgers.js';

test('the texts of ledgers are in both languages, and every key that is named has one', () => {
  assert.deepEqual(Object.keys(texts.zh).sort(), Object.keys(texts.en).sort());
  const source = readFileSync(new URL('./ledgers.js', import.meta.url), 'utf8');
  for (const [, key] of source.matchAll(/'(ledger\.[a-z.]+[a-z])'/g)) assert.ok(texts.zh[key], key);
});

test('registers are asked for by month, what is closed once a year by year', () => {
  assert.equal(periodOf('register', '2026-11'), '2026-11');
  assert.match(periodOf('register', '2026'), /^\d{4}-\d\d$/);
  assert.equal(periodOf('subsidy', '2025'), '2025');
  assert.match(periodOf('volume', '2026-11'), /^\d{4}$/);
});
