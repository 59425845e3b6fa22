// Whether a replica equals its server: an order-free sum over (record, rev) (docs/sync.md §7). Mirrors sync/feed.
import { utf8 } from './bytes.js';
import { sha256 } from './sha256.js';

const MASK = (BigInt(1) << BigInt(64)) - BigInt(1);

/** One record's part of the sum. @param {string} c @param {string} r @param {string} rev @returns {bigint} */
export function part(c, r, rev) {
  const view = new DataView(sha256(utf8(`${c}/${r}@${rev}`)).buffer);
  return (BigInt(view.getUint32(0)) << BigInt(32)) | BigInt(view.getUint32(4));
}

/** Count and sum of a feed's records. @param {Iterable<{c: string, r: string, rev: string}>} records */
export function sumOf(records) {
  let total = BigInt(0);
  let count = 0;
  for (const { c, r, rev } of records) {
    total = (total + part(c, r, rev)) & MASK;
    count++;
  }
  return { count, sum: total.toString(16).padStart(16, '0') };
}
