// The only place that makes a trusted URL. The policy is named in the CSP and knows one path: the worker's.

const WORKER = '/sw.js';

/** Registers the service worker; resolves to null where there is none (plain http, old engines). @param {string} scope */
export async function registerWorker(scope) {
  if (!('serviceWorker' in navigator)) return null;
  const types = window.trustedTypes;
  const policy = types && types.createPolicy('app', {
    createScriptURL(url) {
      if (url !== WORKER) throw new TypeError('not the worker');
      return WORKER;
    },
  });
  const url = policy ? policy.createScriptURL(WORKER) : WORKER;
  return navigator.serviceWorker.register(/** @type {string} */ (url), { scope, updateViaCache: 'none' });
}
