// Sealed runs of changes and the other signed statements (docs/sync.md §4, §7). Mirrors sync/batch.
import { fromB64, toB64, utf8 } from './bytes.js';
import { bodyHash } from './change.js';
import { SUITE, named, sign, title, verify } from './install.js';
import { sha256 } from './sha256.js';

/** Changes that one batch may hold. */
export const MAX_CHANGES = 2000;

/** @typedef {{batch: 1, suite: string, install: string, no: number, prev: string, first: number, n: number, at: number, offset: number, contact: number, sig: string}} Header */
/** @typedef {{suite?: string, batch: string, install: string, no: number, level: string, server: string, epoch: string, at: number, n: number, verdicts?: Record<string, string>, sig: string}} Receipt */

/** The signed text of a header over its body hashes. @param {Omit<Header, 'sig'|'batch'>} h @param {string[]} bodies */
export function batchText(h, bodies) {
  return ['cunju batch v1', h.suite, h.install, h.no, h.prev, h.first, h.n, h.at, h.offset, h.contact, ...bodies].join('\n');
}

/** The batch hash of a signed text. @param {string} text */
export function batchHash(text) {
  return toB64(sha256(utf8(text)));
}

/** Seals lines. @param {import('./install.js').Key} key @param {{no: number, prev: string, first: number, at: number, offset: number, contact: number}} place @param {string[]} lines */
export async function seal(key, place, lines) {
  const head = { batch: 1, suite: SUITE, install: key.id, no: place.no, prev: place.prev, first: place.first,
    n: lines.length, at: place.at, offset: place.offset, contact: place.contact };
  const text = batchText(head, lines.map(bodyHash));
  return { header: { ...head, sig: await sign(key, text) }, hash: batchHash(text) };
}

/** The batch hash when header, bodies and signature fit; else null. @param {Header} h @param {string[]} bodies @param {Uint8Array} key */
export async function verifiedBatch(h, bodies, key) {
  const whole = [h.no, h.first, h.n, h.at, h.offset, h.contact].every(Number.isSafeInteger);
  if (h.batch !== 1 || h.suite !== SUITE || !whole || h.n !== bodies.length || h.n < 1 || h.n > MAX_CHANGES) return null;
  if (h.no < 1 || h.first < 1 || (h.no === 1) !== (h.prev === '')) return null;
  const text = batchText(h, bodies);
  return (await verify(key, text, h.sig)) ? batchHash(text) : null;
}

/** What a forwarding node signs. @param {{hash: string, server: string, at: number, taus: number[], refused?: Record<string, string>, suite?: string}} v */
export function viaText(v) {
  return [title('cunju via v1', v.suite), v.hash, v.server, v.at, v.taus.join(' '), indexed(v.refused)].join('\n');
}

/** What a receipt signs. @param {Omit<Receipt, 'sig'>} r */
export function receiptText(r) {
  return [title('cunju receipt v1', r.suite), r.batch, r.level, r.server, r.epoch, r.at, r.n, indexed(r.verdicts)].join('\n');
}

/** Whether a receipt is the server's own word. @param {Receipt} r @param {Uint8Array} key */
export function verifiedReceipt(r, key) {
  return r.suite === SUITE ? Promise.resolve(false) : verify(key, receiptText(r), r.sig, named(r.suite));
}

/** Whether a text has the form of a hash. @param {any} text */
export function isHash(text) {
  const bytes = typeof text === 'string' ? fromB64(text) : null;
  return bytes !== null && bytes.length === 32;
}

function indexed(map) {
  const keys = Object.keys(map || {}).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return keys.map((key) => key + ':' + map[key]).join(' ');
}
