import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createSet, editSet, filled, missing, object, reasonOf } from './service.js';

const { types } = JSON.parse(readFileSync(new URL('../../data/service_types.json', import.meta.url), 'utf8'));
const kind = (code) => types.find((x) => x.code === code);

test('what a kind requires is named in order; a client who would not be named is not missing', () => {
  assert.deepEqual(missing({}, undefined), ['kind']);
  assert.deepEqual(missing({ occurred_at: 'x', region: 'x', mode: 'x', counsel: 'x', topic: 'x', title: 'x', outcome: 'x', secrecy: 'x', summary: 'x' }, kind('CONSULT')), ['client_kind', 'advice']);
  assert.ok(!missing({ client_kind: 'anonymous' }, kind('AID')).includes('client_name'));
  assert.ok(missing({ duration_min: 0 }, kind('DUTY')).includes('duration_min'));
  assert.ok(!missing({}, kind('DUTY')).includes('presence'), 'presence is never compulsory');
  assert.ok(!missing({ details: { audience: 30 } }, kind('PROMO')).includes('audience'));
});

test('a new record leaves out what is empty and keeps groups whole', () => {
  assert.deepEqual(createSet({ region: 'r', occurred_at: 't', client_kind: 'resident', client_name: '', details: {}, persons: 0 }),
    { region: 'r', occurred_at: 't', duration_min: 0, client_kind: 'resident', client: '', client_name: '', client_phone: '', client_id_no: '' });
});

test('an edit sets only what changed, with its whole group', () => {
  const before = { title: 'a', state: 'returned', return_reason: '补写', no: '', occurred_at: 't', details: { b: 1, a: [2] } };
  assert.equal(editSet('services', before, { title: 'a', details: { a: [2], b: 1 } }), null);
  assert.deepEqual(editSet('services', before, { title: 'b' }), { title: 'b' });
  assert.deepEqual(editSet('services', before, { state: 'submitted' }), { state: 'submitted', no: '', verified_by: '', verified_at: '', return_reason: '补写' });
  assert.deepEqual(editSet('services', before, { duration_min: 5 }), { duration_min: 5, occurred_at: 't' });
  assert.deepEqual(editSet('visits', { presence_kind: '' }, { presence_kind: 'clerk', presence_note: '王' }), { presence_kind: 'clerk', presence_note: '王' });
});

test('emptiness and json', () => {
  assert.ok(!filled(' ') && !filled([]) && !filled({}) && !filled(0) && filled(false) && filled('x'));
  assert.deepEqual(object('{"a":1}'), { a: 1 });
  assert.deepEqual(object('nonsense'), {});
});

test('refusals become words', () => {
  assert.deepEqual(reasonOf('refused:rights'), { key: 'why.rights', field: '' });
  assert.deepEqual(reasonOf('refused:rule:required_advice'), { key: 'why.required', field: 'advice' });
  assert.deepEqual(reasonOf('refused:rule:too_long_title'), { key: 'why.too_long', field: 'title' });
  assert.deepEqual(reasonOf('refused:rule:occurred_at'), { key: 'why.value', field: 'occurred_at' });
});
