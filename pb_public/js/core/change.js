// One user action as one verbatim line (docs/sync.md §3). Mirrors sync/change.
import { fromB64, random, toB64, utf8 } from './bytes.js';
import { sha256 } from './sha256.js';

/** What one change may cost; the server refuses more. */
export const LIMITS = { line: 256 * 1024, edits: 64, fields: 200, depth: 8, text: 5000, number: 2 ** 53 };

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ID = /^[a-z0-9]{1,32}$/;
const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** @typedef {{c: string, r: string, base: string, set: Record<string, any>}} Edit */
/** @typedef {{id: string, x: string, at: string, by: string, form: number, edits: Edit[]}} Change */

/** A record or change id: 15 characters a-z0-9, 77 bits. */
export function newId() {
  let id = '';
  while (id.length < 15) {
    // 252 = 7 × 36: no letter is likelier than another.
    for (const byte of random(24)) if (byte < 252 && id.length < 15) id += ALPHABET[byte % 36];
  }
  return id;
}

/** Whether a text can be a change or record id. @param {any} text */
export function validId(text) {
  return typeof text === 'string' && ID.test(text);
}

/** RFC 3339 with the device's own offset. @param {number} ms @param {number} [minutes] offset east of UTC; the device's when left out */
export function timeText(ms, minutes) {
  const east = minutes === undefined ? -new Date(ms).getTimezoneOffset() : minutes;
  const local = new Date(ms + east * 60000).toISOString().slice(0, -1);
  const size = Math.abs(east);
  const two = (n) => String(n).padStart(2, '0');
  return local + (east < 0 ? '-' : '+') + two(Math.floor(size / 60)) + ':' + two(size % 60);
}

/** A fresh change. @param {{ms: number, minutes?: number, by: string, form?: number, edits: Edit[]}} given @returns {Change} */
export function newChange({ ms, minutes, by, form, edits }) {
  return { id: newId(), x: toB64(random(16)), at: timeText(ms, minutes), by, form: form || 1, edits };
}

/** The line that is kept, hashed and sent, without the newline. Throws 'malformed' for what a server would refuse. @param {Change} change */
export function lineOf(change) {
  const { id, x, at, by, form, edits } = change;
  const body = { id, x, at, by, form, edits: edits.map((e) => ({ c: e.c, r: e.r, base: e.base, set: sorted(e.set) })) };
  const line = JSON.stringify(body);
  parseLine(line);
  return line;
}

/** Reads a line within all limits; throws 'malformed'. @param {string} line @returns {Change} */
export function parseLine(line) {
  if (utf8(line).length > LIMITS.line) fail('line');
  let change;
  try { change = JSON.parse(line); } catch (err) { fail('json'); }
  if (repeatsKey(line)) fail('duplicate key');
  const keys = isObject(change) ? Object.keys(change) : [];
  const known = ['id', 'x', 'at', 'by', 'form', 'edits', 'blobs'];
  if (!keys.length || keys.some((k) => !known.includes(k))) fail('keys');
  const salt = typeof change.x === 'string' ? fromB64(change.x) : null;
  if (!validId(change.id) || !salt || salt.length !== 16) fail('id or salt');
  if (typeof change.at !== 'string' || !TIME.test(change.at) || Number.isNaN(Date.parse(change.at))) fail('at');
  if (typeof change.by !== 'string' || change.by.length > 64 || !Number.isInteger(change.form) || change.form < 0) fail('author or form');
  if (!Array.isArray(change.edits) || !change.edits.length || change.edits.length > LIMITS.edits) fail('edits');
  change.edits.forEach(checkEdit);
  return change;
}

function checkEdit(edit) {
  if (!isObject(edit) || Object.keys(edit).some((k) => !['c', 'r', 'base', 'set'].includes(k))) fail('edit');
  if (!NAME.test(edit.c) || !validId(edit.r) || (edit.base !== '' && !validId(edit.base))) fail('collection, record or base');
  const names = isObject(edit.set) ? Object.keys(edit.set) : [];
  if (!names.length || names.length > LIMITS.fields) fail('fields');
  if (names.some((name) => !NAME.test(name) || !plain(edit.set[name], LIMITS.depth))) fail('field');
}

function plain(value, depth) {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Math.abs(value) < LIMITS.number;
  const parts = Array.isArray(value) ? value : Object.values(value);
  return parts.every((part) => depth > 0 && plain(part, depth - 1));
}

/** Whether an object in this valid JSON names a key twice; JSON.parse would silently keep the last. */
function repeatsKey(json) {
  const open = [];
  let key = false;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    const keys = open[open.length - 1];
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (key && keys && token[0] === '"') {
      const name = JSON.parse(token);
      if (keys.has(name)) return true;
      keys.add(name);
    }
    key = token === '{' || token === ',';
  }
  return false;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(what) {
  throw new Error('malformed: ' + what);
}

/** Keys in one order and no half characters: half an emoji is not UTF-8 and the server would refuse the line. @param {any} value */
export function sorted(value) {
  if (typeof value === 'string') return value.replace(/[\ud800-\udfff]/gu, '\ufffd');
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const out = {};
  for (const key of Object.keys(value).sort()) if (value[key] !== undefined) out[key] = sorted(value[key]);
  return out;
}

/** The body hash that a batch signs. @param {string} line */
export function bodyHash(line) {
  return toB64(sha256(utf8(line)));
}
