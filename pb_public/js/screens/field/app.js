// What the phone's screens share: the store, who is paired, how syncing stands. Screens read signals and call functions; none of them
// touches IndexedDB or the network itself.
import { signal, useEffect, useState } from '../../../vendor/ui.js';
import { openDb } from '../../store/idb.js';
import { getMeta, putMeta } from '../../store/meta.js';
import { changePerson, dropPerson, FIRST, listPeople, maskedName } from '../../store/people.js';
import { setSetting, setting } from './look.js';

/** @typedef {{id: string, name: string}} Staff */
/** @typedef {{staff: Staff, regions: {code: string, name: string}[], names: Map<string, string>, alias: string, install: string, ratingBase: string, state: string}} Me */

/** Who is paired here; null before pairing, undefined while the store opens. */
export const me = signal(/** @type {Me|null|undefined} */ (undefined));
/** Before the store is open: 'locked' with the people of this phone, 'old' a store without a lock, 'new' nobody yet; 'open' afterwards. */
export const gate = signal(/** @type {{state: 'loading'|'locked'|'old'|'new'|'open', people: import('../../store/people.js').Person[]}} */ ({ state: 'loading', people: [] }));
/** The exchange with the township as client.js tells it. */
export const status = signal({ running: false, error: '', hint: '', failures: 0, nextAt: 0, lastOk: 0, sentAt: 0 });
/** What waits and what went wrong. */
export const waiting = signal({ unsent: 0, oldest: Infinity, problems: /** @type {any[]} */ ([]), waiting: /** @type {any[]} */ ([]) });
/** The attachment that is going up, and why the lane stands, if it does: 'paused', 'mobile'. */
export const lane = signal({ hash: '', sent: 0, why: '' });
/** The browser has thrown away what this phone once kept. */
export const evicted = signal(false);
/** Counts up when stored data may have changed. */
export const changed = signal(0);
/** A newer version of the app lies ready for the next start. */
export const updateReady = signal(false);

/** @type {{db: (import('../../store/idb.js').Db & {idle(): Promise<void>})|null, sync: any, person: string}} */
const app = { db: null, sync: null, person: '' };

/** The opened store. */
export function db() {
  if (!app.db) throw new Error('store is not open');
  return app.db;
}

/** Finds out whose stores are here. */
export async function openApp() {
  const people = await listPeople();
  if (people.length) {
    gate.value = { state: 'locked', people };
    return;
  }
  const first = await openDb(FIRST);
  const { staff, key } = await getMeta(first, ['staff', 'key']);
  first.close();
  gate.value = { state: staff && key ? 'old' : 'new', people };
  if (gate.value.state !== 'new') return;
  me.value = null;
  evicted.value = setting('known') === 'yes';
}

/** Opens the store of a person. @param {string} id @param {string} pin @returns {Promise<{opened: boolean, until?: number}>} */
export async function openAs(id, pin) {
  const { unlock } = await import('./gate.js');
  const person = (await listPeople()).find((p) => p.id === id);
  if (!person) throw new Error('nobody');
  const answer = await unlock(person, pin, Date.now());
  if ('until' in answer) return { opened: false, until: answer.until };
  await opened(answer.db, id);
  return { opened: true };
}

/** A store for somebody who is not here yet. Nothing is kept of them before they chose a PIN. */
export function startNew() {
  location.hash = '#/pair';
  gate.value = { ...gate.value, state: 'new' };
  me.value = null;
}

/** @param {string} pin */
export async function beginNew(pin) {
  const { begin } = await import('./gate.js');
  const { db: store, person } = await begin(pin, false, Date.now(), '');
  await opened(store, person.id);
}

/** Puts a lock on a store that had none. @param {string} pin */
export async function lockOld(pin) {
  const { begin } = await import('./gate.js');
  const first = await openDb(FIRST);
  const { staff } = await getMeta(first, ['staff']);
  first.close();
  const { db: store, person } = await begin(pin, true, Date.now(), maskedName(staff.name));
  await opened(store, person.id);
}

/** Another PIN for the one who is here; '' or the name of what is wrong. @param {string} pin @param {string} old */
export async function newPin(pin, old) {
  const { changePin } = await import('./gate.js');
  const person = (await listPeople()).find((p) => p.id === app.person);
  return person && (await changePin(person, old, pin)) ? '' : 'wrong';
}

async function opened(store, id) {
  app.db = store;
  app.person = id;
  await readMe();
  gate.value = { state: 'open', people: [] };
  setSetting('known', 'yes');
  await startSync();
}

/** Removes everything of the one who is here from this phone, offline as well. @param {string} [hash] where the page begins anew */
export async function wipe(hash = '') {
  const person = await thisPerson();
  if (app.sync) app.sync.stop();
  db().close();
  if (person) await dropPerson(person);
  // What remains is not missed: it was not the browser that took it.
  if (!(await listPeople()).length) setSetting('known', '');
  location.hash = hash;
  location.reload();
}

/** Forgets the key: everything under way is kept first, then the page begins anew, locked. */
export async function lock() {
  if (!app.db) return;
  await app.db.idle();
  location.reload();
}

/** Who has the store that is open; its list entry. */
export async function thisPerson() {
  return (await listPeople()).find((p) => p.id === app.person);
}

/** Reads the identity again, after pairing. */
export async function readMe() {
  const m = await getMeta(db(), ['staff', 'regions', 'villages', 'readable', 'alias', 'key', 'rating_base', 'install_state', 'here']);
  if (!m.staff || !m.key) { me.value = null; return; }
  const named = new Map(m.regions.map((r) => [r.code, r.name]));
  const regions = m.villages.filter((code) => m.readable.includes(code)).map((code) => ({ code, name: named.get(code) || code }));
  regions.sort((a, b) => Number(b.code === m.here) - Number(a.code === m.here) || (a.code < b.code ? -1 : 1));
  if (gate.value.state === 'open' && me.value === null) await changePerson(app.person, () => ({ label: maskedName(m.staff.name) }));
  me.value = { staff: m.staff, regions, names: named, alias: m.alias, install: m.key.id, ratingBase: m.rating_base, state: m.install_state || 'active' };
}

/** Starts syncing; loaded after the first screen is drawn. */
export async function startSync() {
  const { makeSync } = await import('./syncing.js');
  app.sync = makeSync({ db: db(), status, lane, refreshed });
  await refreshed();
}

/** The syncing half, once it is there. */
export function sync() {
  return app.sync;
}

/** Waits for the syncing half: a slow line may still be loading it. */
export async function syncReady() {
  while (!app.sync) await new Promise((resolve) => setTimeout(resolve, 50));
  return app.sync;
}

/** Stored data changed: screens that show them read again. */
export async function refreshed() {
  if (app.sync) waiting.value = await app.sync.queue();
  await readMe();
  changed.value += 1;
  // A phone that was taken back forgets all, once its own work has met a server.
  if (app.sync && me.value && me.value.state === 'revoked' && !waiting.value.unsent) await wipe('#/pair?wiped=1');
}

/** Remembers the village that the person is in. It is what they chose, never a position. @param {string} code */
export async function setHere(code) {
  await putMeta(db(), { here: code });
}

/** Name of a village that is or was mine, or of what lies above it. @param {string} code */
export function regionName(code) {
  const name = (me.value && me.value.names.get(code)) || code;
  return name.replace(/(村民委员会|居民委员会)$/, '');
}

/** A stored value for a component, read again when data change. undefined while loading. @template T
 * @param {() => Promise<T>} load @param {any[]} [keys] @returns {T|undefined} */
export function useStored(load, keys) {
  const [value, setValue] = useState(/** @type {T|undefined} */ (undefined));
  useEffect(() => {
    let live = true;
    load().then((next) => { if (live) setValue(next); });
    return () => { live = false; };
  }, [changed.value, ...(keys || [])]);
  return value;
}
