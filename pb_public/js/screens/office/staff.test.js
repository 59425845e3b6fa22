import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passwordLacks } from './account.js';
import { standing, typed } from './node.js';
import { found, serves } from './staff.js';
import { wants } from './staff-new.js';
import { endingLacks, lastDay } from './staff-villages.js';

const tian = { name: '田小芳', login: '', institution_name: '大宁河律师事务所', state: 'active', assignments: [{ region: '1', name: '中河村', phase: 'now' }, { region: '2', name: '高杨村', phase: 'grace' }] };
const mou = { name: '牟春梅', login: 'mou@sfs.example', institution_name: '', state: 'disabled', assignments: [] };

test('people are found by name, login, firm and village, disabled ones when asked for', () => {
  for (const words of ['', '小芳', '大宁河', '高杨', ' 中河 ']) assert.deepEqual(found([tian, mou], words, 'active'), [tian], words);
  assert.deepEqual(found([tian, mou], 'MOU@', 'disabled'), [mou]);
  assert.deepEqual(found([tian, mou], 'mou', 'active'), []);
});

test('who serves what now', () => {
  assert.deepEqual(serves(tian), ['中河村']);
  assert.deepEqual(serves(mou), []);
});

test('a new account needs a name, a login and a role', () => {
  assert.deepEqual(Object.keys(wants({ name: ' ', login: 'mou', role: '' })), ['name', 'login', 'role']);
  assert.deepEqual(wants({ name: '牟', login: ' mou@sfs.example ', role: 'officer' }), {});
  assert.deepEqual(Object.keys(wants({ name: '牟', login: 'M <a@b.cn>', role: 'officer' })), ['login']);
});

test('an assignment ends today or later, with a bounded grace', () => {
  assert.deepEqual(endingLacks('day', '2026-11-24', '15', '2026-11-24'), {});
  assert.deepEqual(Object.keys(endingLacks('day', '2026-11-23', '61', '2026-11-24')), ['day', 'days']);
  assert.deepEqual(endingLacks('at_once', '', '0', '2026-11-24'), {});
  for (const days of ['', '-1', '1.5', '100']) assert.ok(endingLacks('at_once', '', days, '2026-11-24').days, days);
});

test('the last day is the one before midnight in China', () => {
  assert.equal(lastDay('2026-11-30T16:00:00Z'), '2026-11-30');
  assert.equal(lastDay('2026-12-01T00:00:00+08:00'), '2026-11-30');
  assert.equal(lastDay('2026-11-24T12:00:00Z'), '2026-11-24');
  assert.equal(lastDay('soon'), '');
});

test('a password is long enough and typed twice', () => {
  assert.deepEqual(Object.keys(passwordLacks({ old: '', next: 'short', again: '' })), ['old', 'next', 'again']);
  assert.deepEqual(passwordLacks({ old: 'x', next: 'tree-7-river-lamp', again: 'tree-7-river-lamp' }), {});
  assert.deepEqual(passwordLacks({ old: 'x', next: '山上有棵树下有条河', again: '山上有棵树下有条河' }), { next: 'office.account.short' });
});

test('a code is read however it is typed', () => {
  assert.equal(typed(' abcd-efgh　ＪＫＭＮ pqrs '), 'ABCDEFGHJKMNPQRS');
});

test('how a township stands', () => {
  const now = Date.parse('2026-11-24T00:00:00Z');
  const node = { tier: 'township', upstream: 'https://city', joined: true, until: '2027-12-29T00:00:00Z' };
  assert.equal(standing(node, now), 'joined');
  assert.equal(standing({ ...node, until: '2027-01-01T00:00:00Z' }, now), 'ending');
  assert.equal(standing({ ...node, joined: false }, now), 'waiting');
  assert.equal(standing({ ...node, joined: false, upstream: '' }, now), 'alone');
  assert.equal(standing({ ...node, tier: 'city', joined: false }, now), 'city');
});
