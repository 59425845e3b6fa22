// Who is logged in at this desk. Kept for the tab alone and forgotten at logout, when the login expires and after idling.
import { signal } from '../../../vendor/ui.js';

/** @typedef {{token: string, staff: {id: string, name: string, role: string, region: string}}} Session */

const KEY = 'cunju.office';

/** Half an hour without a key or a click closes an office login (a shared room, villagers at the desk). */
export const IDLE_MS = 30 * 60 * 1000;

/** The session, or null. */
export const session = signal(/** @type {Session|null} */ (null));

/** Why the login page is shown: a message key or ''. */
export const reason = signal('');

/** Reads the tab's session; a damaged one counts as none. @param {Storage} [store] */
export function restore(store = sessionStorage) {
  try {
    const kept = JSON.parse(store.getItem(KEY) || 'null');
    session.value = kept && kept.token && kept.staff ? kept : null;
  } catch (err) {
    session.value = null;
  }
}

/** Begins a session from PocketBase's answer to a login. @param {{token: string, record: any}} answer @param {Storage} [store] */
export function begin(answer, store = sessionStorage) {
  const { id, name, role, region } = answer.record;
  session.value = { token: answer.token, staff: { id, name, role, region } };
  reason.value = '';
  store.setItem(KEY, JSON.stringify(session.value));
}

/** Ends it and leaves nothing behind. @param {string} [why] message key @param {Storage} [store] */
export function end(why = '', store = sessionStorage) {
  session.value = null;
  reason.value = why;
  store.clear();
}

/** Ends the session after idling; returns what stops watching. @param {Window} [page] */
export function watchIdle(page = window) {
  let last = Date.now();
  const touch = () => { last = Date.now(); };
  const look = () => { if (session.value && Date.now() - last > IDLE_MS) end('office.login.idle'); };
  const events = ['pointerdown', 'keydown', 'wheel'];
  events.forEach((name) => page.addEventListener(name, touch, { passive: true }));
  const timer = page.setInterval(look, 30000);
  return () => {
    events.forEach((name) => page.removeEventListener(name, touch));
    page.clearInterval(timer);
  };
}
