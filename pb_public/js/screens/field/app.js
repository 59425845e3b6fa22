// What the phone's screens share: the store, who is paired, how syncing stands. Screens read signals and call functions; none of them
// touches IndexedDB or the network itself.
import { signal, useEffect, useState } from '../../../vendor/ui.js';
import { openDb } from '../../store/idb.js';
import { getMeta, putMeta } from '../../store/meta.js';

/** @typedef {{id: string, name: string}} Staff */
/** @typedef {{staff: Staff, regions: {code: string, name: string}[], names: Map<string, string>, alias: string, install: string, ratingBase: string, state: string}} Me */

/** Who is paired here; null before pairing, undefined while the store opens. */
export const me = signal(/** @type {Me|null|undefined} */ (undefined));
/** The exchange with the township as client.js tells it. */
export const status = signal({ running: false, error: '', hint: '', failures: 0, nextAt: 0, lastOk: 0, sentAt: 0 });
/** What waits and what went wrong. */
export const waiting = signal({ unsent: 0, oldest: Infinity, problems: /** @type {any[]} */ ([]), waiting: /** @type {any[]} */ ([]) });
/** Counts up when stored data may have changed. */
export const changed = signal(0);
/** A newer version of the app lies ready for the next start. */
export const updateReady = signal(false);

/** @type {{db: import('../../store/idb.js').Db|null, sync: any}} */
const app = { db: null, sync: null };

/** The opened store. */
export function db() {
  if (!app.db) throw new Error('store is not open');
  return app.db;
}

/** Opens the store and reads who is paired. */
export async function openApp() {
  app.db = await openDb('cunju', () => location.reload());
  await readMe();
}

/** Reads the identity again, after pairing. */
export async function readMe() {
  const m = await getMeta(db(), ['staff', 'regions', 'villages', 'readable', 'alias', 'key', 'rating_base', 'install_state', 'here']);
  if (!m.staff || !m.key) { me.value = null; return; }
  const named = new Map(m.regions.map((r) => [r.code, r.name]));
  const regions = m.villages.filter((code) => m.readable.includes(code)).map((code) => ({ code, name: named.get(code) || code }));
  regions.sort((a, b) => Number(b.code === m.here) - Number(a.code === m.here) || (a.code < b.code ? -1 : 1));
  me.value = { staff: m.staff, regions, names: named, alias: m.alias, install: m.key.id, ratingBase: m.rating_base, state: m.install_state || 'active' };
}

/** Starts syncing; loaded after the first screen is drawn. */
export async function startSync() {
  const { makeSync } = await import('./syncing.js');
  app.sync = makeSync({ db: db(), status, refreshed });
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
