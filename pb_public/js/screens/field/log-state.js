// The form's values and what becomes of them: a draft at every touch, one change at the end.
import { newId, timeText } from '../../core/change.js';
import { codeIn, readPlate } from '../../core/code.js';
import { createSet, editSet, filled, missing, object } from '../../core/service.js';
import { saveChange } from '../../store/changes.js';
import { listIn } from '../../store/views.js';
import { chinaDate } from './format.js';

/** Columns that the form fills; everything else of a kind goes into details. */
const FORM = ['kind', 'topic', 'topic_suggested', 'title', 'summary', 'advice', 'outcome', 'mode', 'place', 'occurred_at', 'duration_min', 'client_kind',
  'client_name', 'client_phone', 'client_id_no', 'client_groups', 'persons', 'consent', 'secrecy', 'follow_up_at'];

/** @typedef {Record<string, any> & {details: Record<string, any>, presence: {kind: string, note: string}}} Values */

/** Sensible beginnings; the time is set at the first touch. @param {string} kind @returns {Values} */
export function blank(kind) {
  return { kind, mode: 'onsite', outcome: 'answered', secrecy: 'normal', details: {}, presence: { kind: '', note: '' } };
}

/** A stored record as form values. @param {Record<string, any>} set @returns {Values} */
export function valuesOf(set) {
  const values = { ...blank(set.kind), outcome: '', mode: '' };
  for (const name of FORM) if (filled(set[name])) values[name] = set[name];
  for (const name of ['consent', 'client_groups']) if (typeof values[name] === 'string') values[name] = object(values[name]);
  return { ...values, details: object(set.details) };
}

/** Who was served: as chosen, else a resident where the kind asks for somebody. @param {Values} values @param {any} kind */
export function clientKind(values, kind) {
  return values.client_kind || (kind && kind.required.includes('client_kind') ? 'resident' : '');
}

/** The record that the values make. @param {Values} values @param {{region: string, counsel: string, kind: any, topic: any}} given @returns {Record<string, any>} */
export function setOf(values, { region, counsel, kind, topic }) {
  const allowed = kind ? [...kind.required, ...kind.optional] : [];
  const details = {};
  for (const [name, value] of Object.entries(values.details)) if (allowed.includes(name) && filled(value)) details[name] = value;
  /** @type {Record<string, any>} */
  const set = { region, counsel };
  for (const name of FORM) set[name] = values[name];
  if (!filled(set.title) && topic) set.title = topic.zh;
  set.client_kind = clientKind(values, kind);
  if (set.client_kind === 'anonymous') for (const name of ['client_name', 'client_phone', 'client_id_no']) set[name] = '';
  return { ...set, details };
}

/** Names of required fields that are still empty, and 'presence' where what stands for the plate's code is none of this village.
 * @param {Values} values @param {any} given */
export function lacking(values, given) {
  const { kind, note } = values.presence;
  const wrong = values.mode === 'onsite' && kind === 'plate' && filled(note) && plateFor(note, given.region).problem;
  return [...missing(setOf(values, given), given.kind), ...(wrong ? ['presence'] : [])];
}

/** The code of a village's plate out of what was scanned or typed, or why it is refused: it is another kind of code, or another village's
 * plate. Whether the code is genuine only the node can tell that issued it. @param {string} text @param {string} region
 * @returns {{code: string, problem: ''|'not_plate'|'other_village', region: string}} */
export function plateFor(text, region) {
  const code = codeIn(text);
  const plate = code ? readPlate(code) : null;
  if (!plate) return { code: '', problem: 'not_plate', region: '' };
  return plate.region === region ? { code, problem: '', region } : { code: '', problem: 'other_village', region: plate.region };
}

/** Saves the form as one change and returns the record's id. `before` is the record being edited.
 * @param {import('../../store/idb.js').Db} db
 * @param {{values: Values, region: string, counsel: string, alias: string, kind: any, topic: any, draft: string, before?: import('../../store/views.js').View|null, now: number}} given */
export async function saveForm(db, given) {
  const { values, region, counsel, alias, draft, before, now } = given;
  const after = setOf(values, given);
  const visit = after.mode === 'onsite' ? await visitEdit(db, { region, counsel, at: after.occurred_at || timeText(now), presence: values.presence }) : null;
  const record = before ? before.r : newId();
  await saveChange(db, { ms: now, by: counsel, draft, build: async (number) => {
    const edits = visit && visit.edit ? [visit.edit] : [];
    const set = before ? changedSet(before, after) : createSet({ ...after, state: 'submitted', visit: visit ? visit.id : '', device_no: `T-${alias}-${await number()}` });
    if (set) edits.push({ c: 'services', r: record, base: before ? before.rev : '', set });
    if (!edits.length) throw new Error('unchanged');
    return edits;
  } });
  return record;
}

/** A returned record goes back to the office with the edit. */
function changedSet(before, after) {
  const state = before.set.state === 'returned' ? { state: 'submitted', return_reason: '' } : {};
  return editSet('services', { ...before.set, details: object(before.set.details) }, { ...after, ...state });
}

/** The visit of that day in that village: its id, and the edit that makes it or puts presence on it. Presence is optional. */
async function visitEdit(db, { region, counsel, at, presence }) {
  const day = chinaDate(Date.parse(at));
  const mine = (await listIn(db, 'visits', region, 'started_at')).filter((v) => v.set.counsel === counsel && v.set.started_at && chinaDate(Date.parse(v.set.started_at)) === day);
  const note = (presence && presence.note) || '';
  const kept = presence && presence.kind === 'plate' && note ? plateFor(note, region).code : note.slice(0, 200);
  const given = presence && presence.kind ? { presence_kind: presence.kind, presence_note: kept } : null;
  const open = mine.find((v) => v.set.state !== 'closed') || mine[0];
  if (open) {
    const set = given && editSet('visits', open.set, given);
    return { id: open.r, edit: set ? { c: 'visits', r: open.r, base: open.rev, set } : null };
  }
  const id = newId();
  const set = { region, counsel, started_at: at, ended_at: '', state: 'open', ...given };
  return { id, edit: { c: 'visits', r: id, base: '', set } };
}

/** The open visit of today, or null. @param {import('../../store/idb.js').Db} db @param {string} region @param {string} counsel @param {number} now */
export async function openVisit(db, region, counsel, now) {
  const list = await listIn(db, 'visits', region, 'started_at');
  return list.find((v) => v.set.counsel === counsel && v.set.state !== 'closed' && v.set.started_at && chinaDate(Date.parse(v.set.started_at)) === chinaDate(now)) || null;
}

/** Ends a visit. @param {import('../../store/idb.js').Db} db @param {import('../../store/views.js').View} visit @param {string} counsel @param {number} now */
export function endVisit(db, visit, counsel, now) {
  const set = editSet('visits', visit.set, { state: 'closed', ended_at: timeText(Math.max(now, Date.parse(visit.set.started_at))) });
  return saveChange(db, { ms: now, by: counsel, build: () => [{ c: 'visits', r: visit.r, base: visit.rev, set }] });
}

/** Takes a record back; it keeps its number and says why. @param {import('../../store/idb.js').Db} db @param {import('../../store/views.js').View} view @param {string} counsel @param {string} reason @param {number} now */
export function voidRecord(db, view, counsel, reason, now) {
  const set = editSet('services', view.set, { state: 'voided', return_reason: reason.slice(0, 500) });
  return saveChange(db, { ms: now, by: counsel, build: () => [{ c: 'services', r: view.r, base: view.rev, set }] });
}

/** Whether its author may still edit a record on the phone: what was returned at any time, else on the day it was written. @param {import('../../store/views.js').View} view @param {string} counsel @param {number} now */
export function mayEdit(view, counsel, now) {
  if (view.set.counsel !== counsel) return false;
  if (view.set.state === 'returned' || view.set.state === 'draft') return true;
  return view.set.state === 'submitted' && view.saved > 0 && chinaDate(view.saved) === chinaDate(now);
}
