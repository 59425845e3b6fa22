import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseLine } from '../../core/change.js';
import { memoryDb } from '../../store/memory.js';
import { getView } from '../../store/views.js';
import { putDraft } from '../../store/drafts.js';
import { blank, clientKind, endVisit, lacking, mayEdit, openVisit, plateFor, saveForm, setOf, valuesOf, voidRecord } from './log-state.js';

const { types } = JSON.parse(readFileSync(new URL('../../../data/service_types.json', import.meta.url), 'utf8'));
const kind = (code) => types.find((x) => x.code === code);
const NOW = Date.UTC(2026, 10, 24, 2);
const REGION = '500238101201';
const given = (code) => ({ region: REGION, counsel: 'staff1', alias: 'a1b2c3d4', kind: kind(code), topic: { zh: '离婚与财产分割' }, draft: 'd', now: NOW });
const filledIn = () => ({ ...blank('CONSULT'), topic: '0101', topic_suggested: '0103', summary: '问离婚', advice: '可以协议', occurred_at: '2026-11-24T09:30:00.000+08:00' });
const lines = (db) => db.dump('changes').map((c) => parseLine(c.line));

test('a consultation needs four touches: the rest is filled in', () => {
  assert.deepEqual(lacking({ ...blank('CONSULT'), occurred_at: 'now' }, { ...given('CONSULT'), topic: null }), ['topic', 'title', 'summary', 'advice']);
  assert.deepEqual(lacking(filledIn(), given('CONSULT')), []);
});

test('the first service of a day makes the visit, the next belong to it; both travel in one change', async () => {
  const db = memoryDb();
  await putDraft(db, { id: 'd', kind: 'service', region: REGION, record: '', values: {}, at: NOW });
  const values = { ...filledIn(), presence: { kind: 'clerk', note: '王支书' } };
  const first = await saveForm(db, { ...given('CONSULT'), values });
  const second = await saveForm(db, { ...given('CONSULT'), values: filledIn() });
  const [a, b] = lines(db);
  assert.deepEqual(a.edits.map((e) => e.c), ['visits', 'services']);
  assert.deepEqual(a.edits[0].set, { counsel: 'staff1', ended_at: '', presence_kind: 'clerk', presence_note: '王支书', region: REGION, started_at: values.occurred_at, state: 'open' });
  assert.deepEqual(b.edits.map((e) => e.c), ['services']);
  assert.equal(b.edits[0].set.visit, a.edits[0].r);
  assert.deepEqual([a, b].map((c) => c.edits[c.edits.length - 1].set.device_no), ['T-a1b2c3d4-1', 'T-a1b2c3d4-2']);
  assert.equal(a.edits[1].set.title, '离婚与财产分割');
  assert.equal(a.edits[1].set.state, 'submitted');
  assert.equal(db.dump('drafts').length, 0);
  assert.notEqual(first, second);
});

test('presence given later is put on the visit that is there', async () => {
  const db = memoryDb();
  await saveForm(db, { ...given('CONSULT'), values: filledIn() });
  await saveForm(db, { ...given('CONSULT'), values: { ...filledIn(), presence: { kind: 'none', note: '路断' } } });
  const [first, second] = lines(db);
  assert.equal(second.edits[0].base, first.id);
  assert.deepEqual(second.edits[0].set, { presence_kind: 'none', presence_note: '路断' });
});

test('only the plate of the village itself is taken as such', async () => {
  const golden = JSON.parse(readFileSync(new URL('../../../../hooks/codes/testdata/vectors.json', import.meta.url), 'utf8'));
  const { text, url, region } = golden.plates[0];
  const rating = golden.codes.find((c) => c.kind === 1);
  const other = '110000000001';
  assert.notEqual(region, other);
  for (const right of [text, url, text.toLowerCase(), text.replace(/(.{4})/g, '$1 ')]) assert.deepEqual(plateFor(right, region), { code: text, problem: '', region });
  assert.deepEqual(plateFor(text, other), { code: '', problem: 'other_village', region });
  for (const wrong of [rating.text, rating.url, 'https://example.com/', '王支书', text.slice(1), '']) assert.deepEqual(plateFor(wrong, region), { code: '', problem: 'not_plate', region: '' });

  const values = (note, mode = 'onsite') => ({ ...filledIn(), mode, presence: { kind: 'plate', note } });
  const here = { ...given('CONSULT'), region };
  assert.deepEqual(lacking(values(url), here), []);
  assert.deepEqual(lacking(values(''), here), []);
  assert.deepEqual(lacking(values(rating.url), here), ['presence']);
  assert.deepEqual(lacking(values(url), { ...here, region: other }), ['presence']);
  assert.deepEqual(lacking(values(rating.url, 'phone'), here), []);
  const db = memoryDb();
  await saveForm(db, { ...here, values: values(url) });
  assert.equal(lines(db)[0].edits[0].set.presence_note, text);
});

test('a telephone call makes no visit', async () => {
  const db = memoryDb();
  await saveForm(db, { ...given('CONSULT'), values: { ...filledIn(), mode: 'phone' } });
  assert.deepEqual(lines(db)[0].edits.map((e) => e.c), ['services']);
});

test('who would not be named leaves no name behind; details of another kind are not kept', () => {
  const values = { ...filledIn(), client_kind: 'anonymous', client_name: '张三', client_phone: '13000000000', details: { audience: 30, client_sign: 'M0 0' } };
  const set = setOf(values, given('CONSULT'));
  assert.equal(set.client_name, '');
  assert.deepEqual(set.details, { client_sign: 'M0 0' });
  assert.equal(clientKind(blank('LECTURE'), kind('LECTURE')), '');
  assert.equal(clientKind(blank('CONSULT'), kind('CONSULT')), 'resident');
});

test('an edit sets what changed, from what was seen; a returned record goes back to the office', async () => {
  const db = memoryDb();
  const id = await saveForm(db, { ...given('CONSULT'), values: filledIn() });
  const view = await getView(db, 'services/' + id);
  await saveForm(db, { ...given('CONSULT'), values: { ...valuesOf(view.set), advice: '改过' }, before: view });
  const [, edit] = lines(db);
  assert.deepEqual(edit.edits, [{ c: 'services', r: id, base: view.rev, set: { advice: '改过' } }]);
  await assert.rejects(saveForm(db, { ...given('CONSULT'), values: valuesOf((await getView(db, 'services/' + id)).set), before: await getView(db, 'services/' + id) }), /unchanged/);
  const returned = { ...view, set: { ...view.set, state: 'returned', return_reason: '补写' } };
  await saveForm(db, { ...given('CONSULT'), values: { ...valuesOf(view.set), advice: '补好' }, before: returned });
  assert.deepEqual(lines(db)[2].edits[0].set, { advice: '补好', no: '', return_reason: '', state: 'submitted', verified_at: '', verified_by: '' });
});

test('the author edits on the day; what was returned at any time; what is verified never', async () => {
  const db = memoryDb();
  const id = await saveForm(db, { ...given('CONSULT'), values: filledIn() });
  const view = await getView(db, 'services/' + id);
  assert.ok(mayEdit(view, 'staff1', NOW));
  assert.ok(!mayEdit(view, 'staff2', NOW));
  assert.ok(!mayEdit(view, 'staff1', NOW + 86400000));
  assert.ok(mayEdit({ ...view, set: { ...view.set, state: 'returned' } }, 'staff1', NOW + 9 * 86400000));
  assert.ok(!mayEdit({ ...view, set: { ...view.set, state: 'verified' } }, 'staff1', NOW));
});

test('voiding keeps the number and says why', async () => {
  const db = memoryDb();
  const id = await saveForm(db, { ...given('CONSULT'), values: filledIn() });
  await voidRecord(db, await getView(db, 'services/' + id), 'staff1', '记错人', NOW);
  const view = await getView(db, 'services/' + id);
  assert.equal(view.set.state, 'voided');
  assert.equal(view.set.return_reason, '记错人');
  assert.equal(view.set.device_no, 'T-a1b2c3d4-1');
});

test('a visit ends once and is then no longer open', async () => {
  const db = memoryDb();
  await saveForm(db, { ...given('CONSULT'), values: filledIn() });
  const visit = await openVisit(db, REGION, 'staff1', NOW);
  await endVisit(db, visit, 'staff1', NOW);
  assert.equal(await openVisit(db, REGION, 'staff1', NOW), null);
  assert.deepEqual(lines(db)[1].edits[0].set, { ended_at: lines(db)[1].edits[0].set.ended_at, started_at: '2026-11-24T09:30:00.000+08:00', state: 'closed' });
});
