import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ahead, fresh, nextSlip, slipLacks, slipOf, timeOf } from './desk-state.js';

const types = JSON.parse(readFileSync(new URL('../../../data/service_types.json', import.meta.url), 'utf8')).types;
const kind = (code) => types.find((k) => k.code === code);
const wages = { code: '0801', zh: '拖欠工资' };
const consult = { ...fresh('CONSULT'), region: '500238101201', counsel: 'counsel00000001', occurred_at: '2026-01-05T09:30', summary: '欠薪', advice: '投诉', topic: '0801', outcome: 'answered' };

test('a slip\'s time is China\'s, whatever the computer thinks', () => {
  assert.equal(timeOf('2026-01-05T09:30'), '2026-01-05T09:30:00+08:00');
  assert.equal(timeOf('2026-01-05T09:30:59'), '2026-01-05T09:30:00+08:00');
  for (const none of ['', '2026-01-05', 'soon']) assert.equal(timeOf(none), '');
  assert.equal(ahead('2026-01-05T09:30', Date.parse('2026-01-05T01:29:59Z')), true);
  assert.equal(ahead('2026-01-05T09:30', Date.parse('2026-01-05T01:30:00Z')), false);
  assert.equal(ahead('', 0), false);
});

test('an empty slip lacks all that its kind requires, in the order of the form', () => {
  assert.deepEqual(slipLacks(fresh(), undefined, undefined), ['kind']);
  assert.deepEqual(slipLacks(fresh('CONSULT'), kind('CONSULT'), undefined), ['region', 'counsel', 'occurred_at', 'summary', 'topic', 'advice', 'outcome']);
  assert.deepEqual(slipLacks(consult, kind('CONSULT'), wages), []);
});

test('every kind can be entered: what it requires has a place in the form', () => {
  for (const k of types) {
    const lacks = slipLacks(fresh(k.code), k, undefined);
    assert.ok(lacks.includes('region') && !lacks.includes('presence') && !lacks.includes('documents'), k.code);
  }
});

test('what is sent says something; a title that is left out is the topic\'s name', () => {
  const set = slipOf({ ...consult, topic_suggested: '0802', client_phone: '', details: { aid_basis: 'means' } }, kind('CONSULT'), wages);
  assert.deepEqual(set, { region: '500238101201', counsel: 'counsel00000001', kind: 'CONSULT', topic: '0801', title: '拖欠工资', summary: '欠薪', advice: '投诉',
    outcome: 'answered', mode: 'onsite', occurred_at: '2026-01-05T09:30:00+08:00', client_kind: 'resident', secrecy: 'normal' });
});

test('the next slip of a pile keeps where, who and when, and nothing of the person', () => {
  const next = nextSlip({ ...consult, client_name: '王大姐', client_id_no: '1', place: '村委会' });
  assert.deepEqual([next.region, next.counsel, next.kind, next.occurred_at, next.place], [consult.region, consult.counsel, 'CONSULT', consult.occurred_at, '村委会']);
  for (const name of ['client_name', 'client_id_no', 'summary', 'advice', 'topic', 'title']) assert.ok(!next[name], name);
});
