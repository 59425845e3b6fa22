// What the server's clock says, learnt at every contact. Nothing here sets the device's clock.
import { getMeta, putMeta } from '../store/meta.js';

/** @typedef {{offset: number, contact: number}} Clock offset: add to the device's clock; contact: server time of the last contact, 0 never */

/** @param {import('../store/idb.js').Db} db @returns {Promise<Clock>} */
export async function readClock(db) {
  const { clock } = await getMeta(db, ['clock']);
  return clock || { offset: 0, contact: 0 };
}

/** Keeps the server's time; the answer is taken to be half as old as the call was long. @param {import('../store/idb.js').Db} db @param {number} server @param {number} began @param {number} ended device times */
export async function learnClock(db, server, began, ended) {
  const offset = Math.round(server - (began + ended) / 2);
  const known = await readClock(db);
  // Differences of a few seconds are the line's, not the clock's.
  const clock = { offset: Math.abs(offset - known.offset) < 3000 && known.contact ? known.offset : offset, contact: server };
  await putMeta(db, { clock });
  return clock;
}
