// Screens by the part of the address after '#'. Back is the browser's own back, so that the phone's button works.
import { signal } from '../../vendor/ui.js';

/** @typedef {{name: string, args: string[], query: Record<string, string>}} Route */

/** Splits '#/village/5002?x=1' into name, arguments and query. @param {string} hash @returns {Route} */
export function parseHash(hash) {
  const [path, search] = hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').filter(Boolean).map(decode);
  /** @type {Record<string, string>} */
  const query = {};
  for (const [key, value] of new URLSearchParams(search || '')) query[key] = value;
  return { name: parts[0] || '', args: parts.slice(1), query };
}

function decode(part) {
  try { return decodeURIComponent(part); } catch (err) { return part; }
}

/** Where the page is now. */
export const route = signal(/** @type {Route} */ ({ name: '', args: [], query: {} }));

/** Follows the address; call once. @param {(route: Route) => void} [changed] */
export function startRouter(changed) {
  const read = () => {
    route.value = parseHash(location.hash);
    if (changed) changed(route.value);
  };
  window.addEventListener('hashchange', read);
  read();
}

/** Goes to a screen, e.g. go('#/today'). @param {string} hash @param {boolean} [replace] */
export function go(hash, replace) {
  if (!replace) { location.hash = hash; return; }
  history.replaceState(null, '', hash);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

/** One step back, or to the given screen when this one was opened directly. @param {string} fallback */
export function back(fallback) {
  if (history.length > 1) history.back();
  else go(fallback, true);
}
