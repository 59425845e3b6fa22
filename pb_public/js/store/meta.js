// Small facts of this store: who it is, what it may read, where the counters stand.

/** @typedef {import('./idb.js').Db} Db */

/** Reads several keys at once; missing ones are undefined. @param {Db} db @param {string[]} keys @returns {Promise<Record<string, any>>} */
export function getMeta(db, keys) {
  return db.read(['meta'], async (t) => {
    const rows = await Promise.all(keys.map((k) => t.get('meta', k)));
    return Object.fromEntries(keys.map((k, i) => [k, rows[i] && rows[i].v]));
  });
}

/** Writes several keys at once. @param {Db} db @param {Record<string, any>} values @param {boolean} [strict] */
export function putMeta(db, values, strict) {
  return db.write(['meta'], (t) => {
    for (const [k, v] of Object.entries(values)) t.put('meta', { k, v });
  }, strict);
}

/** A counter inside a running transaction that includes 'meta'. @param {import('./idb.js').Tx} t @param {string} name */
export async function next(t, name) {
  const row = await t.get('meta', name);
  const value = (row ? row.v : 0) + 1;
  t.put('meta', { k: name, v: value });
  return value;
}

/** What makes a store an install; all of it is written by one enrolment. */
export const IDENTITY = ['key', 'chain', 'staff', 'regions', 'tokens', 'rating_base', 'alias'];
