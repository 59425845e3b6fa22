// A service record between form and change: what a kind requires, what an edit sets. Mirrors hooks/services/rules.go.

/** Fields that are columns of the record; any other field of a kind is a key of details. */
export const COLUMNS = ['occurred_at', 'region', 'mode', 'counsel', 'topic', 'title', 'outcome', 'secrecy', 'client_kind', 'client_name', 'client_phone',
  'client_id_no', 'summary', 'advice', 'duration_min', 'consent', 'persons', 'place', 'follow_up_at'];
/** Required fields that live apart and may come later; presence is never compulsory. */
export const APART = ['documents', 'attachments', 'presence', 'client_sign'];

/** Fields that move together: an edit of one sets all of them. */
export const GROUPS = {
  services: [['occurred_at', 'duration_min'], ['client_kind', 'client', 'client_name', 'client_phone', 'client_id_no'],
    ['state', 'no', 'verified_by', 'verified_at', 'return_reason']],
  visits: [['started_at', 'ended_at'], ['presence_kind', 'presence_note']],
};

const NUMBERS = ['duration_min', 'persons'];

/** @typedef {{code: string, required: string[], optional: string[], rated: boolean, min: number}} Kind */

/** Whether a value says anything. Zero minutes or people is nothing; false is an answer. @param {any} value */
export function filled(value) {
  if (value === null || value === undefined) return false;
  if (typeof value === 'string') return value.trim() !== '';
  if (typeof value === 'number') return value > 0;
  if (typeof value === 'boolean') return true;
  return (Array.isArray(value) ? value : Object.keys(value)).length > 0;
}

/** Required fields that a record of its kind lacks, in the standard's order. @param {Record<string, any>} set @param {Kind|undefined} kind */
export function missing(set, kind) {
  if (!kind) return ['kind'];
  const details = set.details || {};
  return kind.required.filter((f) => {
    if (APART.includes(f) || (f === 'client_name' && set.client_kind === 'anonymous')) return false;
    return !filled(COLUMNS.includes(f) ? set[f] : details[f]);
  });
}

/** The full first state of a record: empty fields are left out, groups are whole. @param {Record<string, any>} values form values that are columns */
export function createSet(values) {
  const set = {};
  for (const [name, value] of Object.entries(values)) if (filled(value)) set[name] = value;
  return whole('services', set, set);
}

/** Only what an edit changes; null when it changes nothing. @param {string} collection @param {Record<string, any>} before @param {Record<string, any>} after */
export function editSet(collection, before, after) {
  const set = {};
  for (const [name, value] of Object.entries(after)) {
    const was = before[name];
    if (!filled(was) && !filled(value)) continue;
    if (stable(was) !== stable(value)) set[name] = value === undefined ? empty(name) : value;
  }
  return Object.keys(set).length ? whole(collection, set, { ...before, ...after }) : null;
}

/** Completes groups of which a field is set. */
function whole(collection, set, state) {
  const out = { ...set };
  for (const group of GROUPS[collection] || []) {
    if (!group.some((name) => out[name] !== undefined)) continue;
    for (const name of group) if (out[name] === undefined) out[name] = filled(state[name]) ? state[name] : empty(name);
  }
  return out;
}

function empty(name) {
  return NUMBERS.includes(name) ? 0 : '';
}

function stable(value) {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return '[' + value.map(stable).join(',') + ']';
  return '{' + Object.keys(value).sort().map((k) => JSON.stringify(k) + ':' + stable(value[k])).join(',') + '}';
}

/** A json field that may come as text. @param {any} value */
export function object(value) {
  if (typeof value !== 'string') return value && typeof value === 'object' ? value : {};
  try { return JSON.parse(value) || {}; } catch (err) { return {}; }
}

/** What a refusal says: a message key and the field it is about. @param {string} verdict */
export function reasonOf(verdict) {
  const code = verdict.replace(/^refused:/, '');
  if (!code.startsWith('rule:')) return { key: 'why.' + code, field: '' };
  const rule = code.slice(5);
  const [, kind, field] = /^(required|too_long)_(.+)$/.exec(rule) || [];
  if (kind) return { key: 'why.' + kind, field };
  if (rule === 'region_unknown') return { key: 'why.region', field: '' };
  return { key: rule === 'number' || rule === 'reason' ? 'why.' + rule : 'why.value', field: rule.replace(/^format_/, '') };
}

/** Month of a China-time text or moment, 1–12. @param {number} ms */
export function monthOf(ms) {
  return new Date(ms + 8 * 3600000).getUTCMonth() + 1;
}
