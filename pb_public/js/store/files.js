// Photos and voice notes: the record that names a file and the file itself are kept in one strict transaction, or neither is.
import { newChange, lineOf, newId } from '../core/change.js';
import { toHex } from '../core/bytes.js';
import { sha256 } from '../core/sha256.js';
import { next } from './meta.js';

/** Bytes of one part, in the store and on the line: ten seconds at 50 kbit/s. */
export const PART = 64 * 1024;
/** What a server takes of one file. */
export const MAX_FILE = 20 * 1024 * 1024;
const DAY = 86400000;

/** state: 'waiting' its server does not have it whole, 'here' it has, 'refused' it does not want it (why: its code); sent: bytes that the server has.
 * @typedef {{hash: string, size: number, kind: string, mime: string, name: string, region: string, record: string, service: string, state: string, sent: number, why: string, at: number}} FileRow */

async function digest(bytes) {
  const subtle = globalThis.crypto && crypto.subtle;
  return toHex(subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : sha256(bytes));
}

/** Keeps a file of a service and the change that names it. The same content of the same service is kept once.
 * @param {import('./idb.js').Db} db @param {{bytes: Uint8Array, kind: 'photo'|'audio'|'scan'|'other', mime: string, name: string, region: string, service: string, by: string, ms: number}} given @returns {Promise<FileRow>} */
export async function addFile(db, { bytes, kind, mime, name, region, service, by, ms }) {
  if (!bytes.length || bytes.length > MAX_FILE) throw new Error('size');
  const hash = await digest(bytes);
  const record = newId();
  const set = { region, service, kind, sha256: hash, size: bytes.length, mime, name };
  const change = newChange({ ms, by, edits: [{ c: 'attachments', r: record, base: '', set }] });
  const file = { hash, size: bytes.length, kind, mime, name, region, record, service, state: 'waiting', sent: 0, why: '', at: ms };
  return db.write(['files', 'chunks', 'changes', 'meta'], async (t) => {
    const had = await t.get('files', hash);
    if (had && had.service === service) return had;
    t.put('changes', { seq: await next(t, 'change_seq'), id: change.id, line: lineOf(change), at: ms, state: 'unsent', install: '', batch: 0, i: 0, verdict: '', settled: 0, recs: ['attachments/' + record] });
    t.put('files', file);
    for (let n = 0; n * PART < bytes.length; n++) t.put('chunks', { k: hash + '/' + String(n).padStart(4, '0'), file: hash, data: bytes.slice(n * PART, (n + 1) * PART).buffer });
    return file;
  }, true);
}

/** The files of a service, or all. @param {import('./idb.js').Db} db @param {string} [service] @returns {Promise<FileRow[]>} */
export function listFiles(db, service) {
  return db.read(['files'], async (t) => (await (service ? t.all('files', 'service', service) : t.all('files'))).sort((a, b) => a.at - b.at));
}

/** Files that may be sent: their records have a receipt. Oldest first. @param {import('./idb.js').Db} db @returns {Promise<FileRow[]>} */
export function sendable(db) {
  return db.read(['files', 'changes'], async (t) => {
    const files = await t.heads('files', 'state', 'waiting');
    const named = await Promise.all(files.map((f) => t.heads('changes', 'recs', 'attachments/' + f.record)));
    return files.filter((f, i) => named[i].every((c) => c.state !== 'unsent' && !/^(refused|held)/.test(c.verdict))).sort((a, b) => a.at - b.at);
  });
}

/** The part of a file that begins at a byte. @param {import('./idb.js').Db} db @param {FileRow} file @param {number} from @returns {Promise<Uint8Array|null>} null when it is not here */
export async function partOf(db, file, from) {
  const n = Math.floor(from / PART);
  const row = await db.read(['chunks'], (t) => t.get('chunks', file.hash + '/' + String(n).padStart(4, '0')));
  return row ? new Uint8Array(row.data).slice(from - n * PART) : null;
}

/** @param {import('./idb.js').Db} db @param {string} hash @param {Partial<FileRow>} change */
export function markFile(db, hash, change) {
  return db.write(['files'], async (t) => {
    const [row] = await t.heads('files', undefined, hash);
    if (row) t.put('files', { ...row, ...change });
  });
}

/** Drops files 90 days after their server had them whole. @param {import('./idb.js').Db} db @param {number} now */
export function dropOldFiles(db, now) {
  return db.write(['files', 'chunks'], async (t) => {
    for (const file of await t.heads('files', 'state', 'here')) {
      if (file.at > now - 90 * DAY) continue;
      for (const part of await t.heads('chunks', 'file', file.hash)) t.del('chunks', part.k);
      t.del('files', file.hash);
    }
  });
}
