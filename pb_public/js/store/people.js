// Who keeps a store on this phone: each person a database of their own behind a lock of their own. This list knows no names.
import { openDb, removeDb } from './idb.js';

const TABLES = { people: { key: 'id', indexes: {} } };
/** The one store of phones that were paired before there were locks. */
export const FIRST = 'cunju';

/** label: what is shown at the lock, no whole name; fails, until: wrong PINs in a row, and when the next may be tried.
 * @typedef {{id: string, db: string, label: string, lock: import('../core/vault.js').Lock, fails: number, until: number, at: number}} Person */

/** @template T @param {(db: import('./idb.js').Db) => Promise<T>} work @returns {Promise<T>} */
async function opened(work) {
  const db = await openDb('cunju-people', undefined, TABLES);
  try { return await work(db); } finally { db.close(); }
}

/** All who have a store here, the last one used first. @returns {Promise<Person[]>} */
export function listPeople() {
  return opened(async (db) => (await db.read(['people'], (t) => t.all('people'))).sort((a, b) => b.at - a.at));
}

/** @param {Person} person */
export function putPerson(person) {
  return opened((db) => db.write(['people'], (t) => t.put('people', person), true));
}

/** Changes what is known of a person, once more read inside the transaction: another tab may have counted a wrong PIN. @param {string} id @param {(person: Person) => Partial<Person>} change @returns {Promise<Person|null>} */
export function changePerson(id, change) {
  return opened((db) => db.write(['people'], async (t) => {
    const person = await t.get('people', id);
    if (!person) return null;
    const next = { ...person, ...change(person) };
    t.put('people', next);
    return next;
  }, true));
}

/** Removes a person's store, then the person. @param {Person} person */
export async function dropPerson(person) {
  await removeDb(person.db);
  await opened((db) => db.write(['people'], (t) => t.del('people', person.id), true));
}

/** A name as it may stand at the lock: the first character and how many follow. @param {string} name */
export function maskedName(name) {
  const [first, ...rest] = Array.from(name);
  return first ? first + '＊'.repeat(Math.min(rest.length, 3)) : '';
}
