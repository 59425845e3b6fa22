// The phone's worker: a list of rules and one pack. Every page keeps the version that it began with until it is closed, so an update
// never mixes modules and never touches what is being written (that lies in IndexedDB).

const STATE = 'cunju-state';
const SHELL = '/field/';
/** Files that the pack may not carry: data and pictures. */
const EXTRAS = ['/data/topics.json', '/data/service_types.json', '/icons/icon.svg', '/icons/icon-192.png'];
/** Headers that a cached answer keeps, above all the policy on scripts. */
const KEPT = ['Content-Security-Policy', 'X-Content-Type-Options', 'Referrer-Policy', 'Cross-Origin-Opener-Policy', 'Cross-Origin-Resource-Policy', 'Permissions-Policy'];
const PATIENCE = 3000;

/** First rule that fits decides; 'network' leaves the request alone. */
const RULES = [
  { fits: ({ method }) => method !== 'GET', use: 'network' },
  { fits: ({ url }) => url.origin !== self.location.origin, use: 'network' },
  { fits: ({ url }) => /^\/(api|r|R|d|D|health|_)\//.test(url.pathname), use: 'network' },
  { fits: ({ url }) => url.pathname === '/version.json' || url.pathname === '/pack.json' || url.pathname === '/sw.js', use: 'network' },
  { fits: ({ url, mode }) => mode === 'navigate' && url.pathname.startsWith(SHELL), use: 'shell' },
  { fits: ({ mode }) => mode === 'navigate', use: 'network' },
  { fits: () => true, use: 'cache' },
];

/** Version of each open page; the copy in STATE outlives the worker. @type {Map<string, string>} */
const pages = new Map();

self.addEventListener('install', (e) => {
  e.waitUntil(renew().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
  e.waitUntil(self.clients.claim());
});

self.addEventListener('message', (e) => {
  if (e.data === 'check') e.waitUntil(renew().catch(() => {}));
});

self.addEventListener('fetch', (e) => {
  const { method, mode } = e.request;
  const request = { method, mode, url: new URL(e.request.url) };
  const { use } = RULES.find((rule) => rule.fits(request));
  if (use === 'shell') {
    e.respondWith(shell(e));
    e.waitUntil(renew().catch(() => {}));
  } else if (use === 'cache') {
    e.respondWith(cached(e.request, request.url.pathname, e.clientId));
  }
});

/** Opens the app with the newest version that lies here completely. */
async function shell(e) {
  const version = await read('next');
  const found = version && (await match(version, SHELL));
  if (!found) return fetch(e.request);
  pages.set(e.resultingClientId, version);
  e.waitUntil(remember(e.resultingClientId, version).then(sweep));
  return found;
}

async function cached(request, path, client) {
  const version = pages.get(client) || (await read('page/' + client)) || (await read('next'));
  const found = version && (await match(version, path));
  return found || fetch(request);
}

async function match(version, path) {
  const cache = await caches.open('cunju-' + version);
  return cache.match(path);
}

let renewing = null;

/** Looks for a newer version, one look at a time. */
function renew() {
  if (!renewing) renewing = fill().finally(() => { renewing = null; });
  return renewing;
}

/** Fetches the pack when the server has another version; it counts only when it lies here whole. */
async function fill() {
  const had = await read('next');
  const { version } = await (await timed(fetch('/version.json', { cache: 'no-store' }))).json();
  if (!version || version === had) return;
  const answer = await fetch('/pack.json', { cache: 'no-store' });
  if (!answer.ok) throw new Error('no pack');
  const pack = await answer.json();
  const cache = await caches.open('cunju-' + pack.version);
  const headers = {};
  for (const name of KEPT) if (answer.headers.get(name)) headers[name] = answer.headers.get(name);
  const puts = Object.entries(pack.files).map(([path, [type, text]]) => cache.put(path, new Response(text, { headers: { ...headers, 'Content-Type': type } })));
  const extras = EXTRAS.filter((path) => !pack.files[path]).map((path) => cache.add(new Request(path, { cache: 'no-cache' })));
  await Promise.all([...puts, ...extras]);
  await write('next', pack.version);
  if (had) for (const page of await self.clients.matchAll({ type: 'window' })) page.postMessage('ready');
}

function timed(promise) {
  return Promise.race([promise, new Promise((resolve, reject) => setTimeout(() => reject(new Error('slow')), PATIENCE))]);
}

async function read(name) {
  const found = await (await caches.open(STATE)).match('/' + name);
  return found ? found.text() : '';
}

async function write(name, text) {
  await (await caches.open(STATE)).put('/' + name, new Response(text));
}

function remember(client, version) {
  return write('page/' + client, version);
}

/** Deletes versions that no open page uses, and notes of pages that are gone. */
async function sweep() {
  const open = new Set((await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).map((c) => c.id));
  const state = await caches.open(STATE);
  const used = new Set([await read('next')]);
  for (const request of await state.keys()) {
    const [, id] = /^\/page\/(.+)$/.exec(new URL(request.url).pathname) || [];
    if (!id) continue;
    // A page that is just opening is not listed yet; pages remembers it.
    if (open.has(id) || pages.has(id)) used.add(await read('page/' + id));
    else await state.delete(request);
  }
  for (const name of await caches.keys()) {
    if (name.startsWith('cunju-') && name !== STATE && !used.has(name.slice(6))) await caches.delete(name);
  }
}
