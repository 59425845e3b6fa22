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
/** The browser does not list a page while it is being opened; its note is kept this long in any case. */
const YOUNG = 300000;

self.addEventListener('install', (e) => {
  e.waitUntil(renew().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
  e.waitUntil(self.clients.claim());
});

self.addEventListener('message', (e) => {
  if (e.data === 'check' && e.source) e.waitUntil(renew().catch(() => {}).then(() => tell(e.source)));
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
  const version = pages.get(client) || (await noted(client)).version || (await read('next'));
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
  await write('filling', pack.version);
  const cache = await caches.open('cunju-' + pack.version);
  const headers = {};
  for (const name of KEPT) if (answer.headers.get(name)) headers[name] = answer.headers.get(name);
  const puts = Object.entries(pack.files).map(([path, [type, text]]) => cache.put(path, new Response(text, { headers: { ...headers, 'Content-Type': type } })));
  const extras = EXTRAS.filter((path) => !pack.files[path]).map((path) => cache.add(new Request(path, { cache: 'no-cache' })));
  await Promise.all([...puts, ...extras]);
  await write('next', pack.version);
}

/** Tells a page that its next start will bring a newer version. */
async function tell(page) {
  const version = pages.get(page.id) || (await noted(page.id)).version;
  if (version && version !== (await read('next'))) page.postMessage('ready');
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
  return write('page/' + client, JSON.stringify({ version, at: Date.now() }));
}

async function noted(client) {
  return JSON.parse((await read('page/' + client)) || '{"version":"","at":0}');
}

/** Deletes versions that no open page uses, and notes of pages that are gone. The order matters: a version is announced in 'filling' before
 * it exists, so one that was listed first is either announced or unused. */
async function sweep() {
  const names = (await caches.keys()).filter((name) => name.startsWith('cunju-') && name !== STATE);
  const used = new Set([await read('filling'), await read('next')]);
  const open = new Set((await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).map((c) => c.id));
  const state = await caches.open(STATE);
  for (const request of await state.keys()) {
    const [, id] = /^\/page\/(.+)$/.exec(new URL(request.url).pathname) || [];
    if (!id) continue;
    const { version, at } = await noted(id);
    if (open.has(id) || Math.abs(Date.now() - at) < YOUNG) {
      used.add(version);
    } else {
      pages.delete(id);
      await state.delete(request);
    }
  }
  await Promise.all(names.filter((name) => !used.has(name.slice(6))).map((name) => caches.delete(name)));
}
