import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columns, course, lagLevel, monthOf, ranked, shade, share } from './chart.js';

test('the largest first, hidden ones last', () => {
  const rows = ranked({ a: { n: 3, few: false }, b: { n: 9, few: false }, c: { n: 0, few: true }, d: { n: 3, few: false } }, (c) => c.toUpperCase());
  assert.deepEqual(rows.map((r) => r.name), ['B', 'A', 'D', 'C']);
  assert.deepEqual(ranked(undefined, String), []);
});

test('bars are in proportion and never invisible', () => {
  assert.equal(share(50, 100), 50);
  assert.equal(share(1, 10000), 0.8);
  assert.equal(share(0, 100), 0);
  assert.equal(share(5, 0), 0);
});

test('four shades from the smallest to the largest', () => {
  assert.deepEqual([0, 1, 26, 51, 76, 100].map((n) => shade(n, 100)), [0, 1, 2, 3, 4, 4]);
});

test('twelve months across the year, gaps are zero', () => {
  const list = course('2026-03', [{ month: '2025-12', n: 7 }, { month: '2026-03', n: 2 }]);
  assert.equal(list.length, 12);
  assert.equal(list[0].month, '2025-04');
  assert.equal(list[11].month, '2026-03');
  assert.deepEqual(list.filter((m) => m.n).map((m) => m.month), ['2025-12', '2026-03']);
});

test('a month that is none is this month, in the office\'s zone', () => {
  assert.equal(monthOf('2026-11'), '2026-11');
  for (const bad of ['2026-13', 'x', '', undefined]) assert.equal(monthOf(bad, Date.parse('2026-11-30T16:30:00Z')), '2026-12');
});

test('a day is fine, more than a week is not', () => {
  const now = 1e12;
  assert.equal(lagLevel({ seen_at: now - 3600000 }, now), 'good');
  assert.equal(lagLevel({ seen_at: now - 2 * 86400000 }, now), 'warn');
  assert.equal(lagLevel({ seen_at: now - 8 * 86400000 }, now), 'bad');
  assert.equal(lagLevel({ seen_at: 0 }, now), 'bad');
});

test('a long list stands in two columns', () => {
  assert.deepEqual(columns([1, 2]), [[1, 2]]);
  assert.deepEqual(columns([]), [[]]);
  assert.deepEqual(columns(Array.from({ length: 17 }, (_, i) => i)).map((c) => c.length), [9, 8]);
});
