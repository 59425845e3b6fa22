// From a PIN to an opened store. Loaded when somebody types a PIN, not before.
import { calibrated, changedLock, newLock, openLock, pauseAfterWrong } from '../../core/vault.js';
import { newId } from '../../core/change.js';
import { headOf } from '../../store/feeds.js';
import { openDb } from '../../store/idb.js';
import { changePerson, FIRST, putPerson } from '../../store/people.js';
import { sealedDb, sealOld } from '../../store/sealed.js';

const outdated = () => location.reload();

/** @typedef {import('../../store/people.js').Person} Person */
/** @typedef {import('../../store/idb.js').Db & {idle(): Promise<void>}} Store */

async function openStore(name, box) {
  const raw = await openDb(name, outdated);
  const db = sealedDb(raw, box);
  return { raw, db };
}

/** Opens a person's store; the try is counted before it is made. @param {Person} person @param {string} pin @param {number} now @returns {Promise<{db: Store}|{until: number}>} until: not before then */
export async function unlock(person, pin, now) {
  const counted = await unlessFull(person, changePerson(person.id, (p) => (now < p.until && p.until - now <= pauseAfterWrong(p.fails) ? {} : afterWrong(p, now))));
  if (!counted) throw new Error('nobody');
  if (counted !== person && counted.fails === person.fails) return { until: counted.until };
  const box = await openLock(person.lock, pin);
  if (!box) return { until: counted.until };
  await unlessFull(person, changePerson(person.id, () => ({ fails: 0, until: 0, at: now })));
  const { raw, db } = await openStore(person.db, box);
  // A store from before there were locks, whose sealing was broken off.
  if (person.db === FIRST) await sealOld(raw, db, better);
  return { db };
}

/** Puts a lock on a new store, or on the one that was here before there were locks. @param {string} pin @param {boolean} old @param {number} now @param {string} label @returns {Promise<{db: Store, person: Person}>} */
export async function begin(pin, old, now, label) {
  const { lock, box } = await newLock(pin, await calibrated());
  const id = newId();
  const person = { id, db: old ? FIRST : 'cunju-' + id, label, lock, fails: 0, until: 0, at: now };
  await putPerson(person);
  const { raw, db } = await openStore(person.db, box);
  if (old) await sealOld(raw, db, better);
  return { db, person };
}

/** Another PIN for the same store. @param {Person} person @param {string} old @param {string} pin */
export async function changePin(person, old, pin) {
  const lock = await changedLock(person.lock, old, pin, await calibrated());
  if (!lock) return false;
  await changePerson(person.id, () => ({ lock, fails: 0, until: 0 }));
  return true;
}

/** A phone without a free byte cannot count tries, but its owner must reach what waits there. @param {Person} person @param {Promise<Person|null>} change */
async function unlessFull(person, change) {
  try {
    return await change;
  } catch (err) {
    if (err.name === 'QuotaExceededError' && Date.now() >= person.until) return person;
    throw err;
  }
}

/** What is noted before a PIN is tried. @param {Person} person @param {number} now */
function afterWrong(person, now) {
  const pause = pauseAfterWrong(person.fails + 1);
  return { fails: person.fails + 1, until: pause && now + pause };
}

function better(row) {
  return { ...row, head: headOf(row.set) };
}
