// One tab at a time. Web Locks where there are any, else a lease in the store that a dead tab loses after a while.
import { newId } from '../core/change.js';

const LEASE = 20000;

/** Runs work alone; resolves to `busy` when another holds the lock. @template T
 * @param {import('../store/idb.js').Db} db @param {string} name @param {() => Promise<T>} work @param {() => number} now @param {any} [locks] navigator.locks
 * @returns {Promise<T|'busy'>} */
export async function alone(db, name, work, now, locks) {
  if (locks) return locks.request('cunju-' + name, { ifAvailable: true }, (lock) => (lock ? work() : 'busy'));
  const owner = newId();
  if (!(await take(db, name, owner, now))) return 'busy';
  const timer = setInterval(() => { take(db, name, owner, now).catch(() => {}); }, LEASE / 3);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await db.write(['meta'], async (t) => {
      const row = await t.get('meta', 'lease-' + name);
      if (row && row.v.owner === owner) t.del('meta', row.k);
    });
  }
}

function take(db, name, owner, now) {
  const k = 'lease-' + name;
  return db.write(['meta'], async (t) => {
    const row = await t.get('meta', k);
    // A lease from the future was taken before the clock was set back.
    const held = row && row.v.owner !== owner && row.v.until > now() && row.v.until < now() + 2 * LEASE;
    if (held) return false;
    t.put('meta', { k, v: { owner, until: now() + LEASE } });
    return true;
  });
}
