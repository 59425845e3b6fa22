// The worker in a made-up browser: caches, pages and a server with versions.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';

const source = readFileSync(new URL('../../../sw.js', import.meta.url), 'utf8');

function fakeCaches() {
  const all = new Map();
  const key = (request) => new URL(typeof request === 'string' ? request : request.url, 'http://x').pathname;
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    all,
    async open(name) {
      await turn();
      if (!all.has(name)) all.set(name, new Map());
      const map = all.get(name);
      return {
        match: async (request) => { await turn(); const found = map.get(key(request)); return found && found.clone(); },
        put: async (request, response) => { await turn(); map.set(key(request), response); },
        add: async (request) => { await turn(); map.set(key(request), new Response('extra')); },
        keys: async () => [...map.keys()].map((path) => ({ url: 'http://x' + path })),
        delete: async (request) => map.delete(key(request)),
      };
    },
    keys: async () => { await turn(); return [...all.keys()]; },
    delete: async (name) => { await turn(); return all.delete(name); },
  };
}

function browser() {
  const b = { version: 'v1', offline: false, pages: [], said: [], caches: fakeCaches(), handlers: {}, asked: [] };
  const self = { location: { origin: 'http://x' }, addEventListener: (name, f) => { b.handlers[name] = f; }, skipWaiting: async () => {},
    clients: { claim: async () => {}, matchAll: async () => b.pages.map((id) => ({ id })) } };
  const fetch = async (request) => {
    const path = new URL(typeof request === 'string' ? request : request.url, 'http://x').pathname;
    b.asked.push(path);
    if (b.offline) throw new TypeError('Failed to fetch');
    if (path === '/version.json') return Response.json({ version: b.version });
    if (path === '/pack.json') {
      const files = { '/field/': ['text/html', 'page ' + b.version], '/js/a.js': ['text/javascript', 'a ' + b.version] };
      return new Response(JSON.stringify({ version: b.version, files }), { headers: { 'Content-Security-Policy': "default-src 'self'" } });
    }
    return new Response('network ' + path);
  };
  class Request { constructor(url) { this.url = 'http://x' + url; } }
  vm.runInNewContext(source, { self, caches: b.caches, fetch, Response, Request, URL, Map, Set, Promise, Date, Math, JSON, Object, Error, setTimeout });
  b.fire = async (name, event) => {
    const waits = [];
    let answer;
    b.handlers[name]({ waitUntil: (p) => waits.push(p), respondWith: (p) => { answer = p; }, ...event });
    const response = await answer;
    for (let n = 0; n < waits.length; n++) await waits[n];
    return response;
  };
  b.get = (path, more) => b.fire('fetch', { clientId: '', resultingClientId: '', ...more, request: { method: 'GET', mode: 'cors', url: 'http://x' + path, ...(more && more.request) } });
  b.open = (id) => b.get('/field/', { resultingClientId: id, request: { mode: 'navigate', url: 'http://x/field/' } });
  return b;
}

const text = async (response) => (await response).text();

test('after the install everything opens offline, with the policy of the server', async () => {
  const b = browser();
  await b.fire('install', {});
  b.offline = true;
  const page = await b.open('p1');
  assert.equal(page.headers.get('Content-Security-Policy'), "default-src 'self'");
  assert.equal(await text(page), 'page v1');
  assert.equal(await text(b.get('/js/a.js', { clientId: 'p1' })), 'a v1');
});

test('calls, other pages and other methods are left alone', async () => {
  const b = browser();
  await b.fire('install', {});
  for (const [path, request] of [['/api/sync/feed', {}], ['/r/CODE', {}], ['/office/', { mode: 'navigate' }], ['/field/', { method: 'POST' }], ['/version.json', {}]]) {
    assert.equal(await b.get(path, { request: { ...request, url: 'http://x' + path } }), undefined, path);
  }
  assert.equal(await b.get('/x', { request: { url: 'http://other/x' } }), undefined);
});

test('a page keeps the version that it began with; the next one gets the new', async () => {
  const b = browser();
  await b.fire('install', {});
  await b.open('p1');
  b.pages = ['p1'];
  b.version = 'v2';
  await b.fire('message', { data: 'check', source: { id: 'p1', postMessage: (m) => b.said.push(m) } });
  assert.deepEqual(b.said, ['ready']);
  assert.equal(await text(b.get('/js/a.js', { clientId: 'p1' })), 'a v1');
  assert.equal(await text(b.open('p2')), 'page v2');
  assert.equal(await text(b.get('/js/a.js', { clientId: 'p2' })), 'a v2');
  assert.equal(await text(b.get('/js/a.js', { clientId: 'p1' })), 'a v1');
});

test('opening a page beside an update never empties the new version', async () => {
  for (let i = 0; i < 30; i++) {
    const b = browser();
    await b.fire('install', {});
    b.version = 'v2';
    await Promise.all([b.open('p1'), b.open('p2'), b.fire('message', { data: 'check', source: { id: 'p1', postMessage() {} } })]);
    b.offline = true;
    assert.equal(await text(b.open('p3')), 'page v2');
  }
});

test('versions that nobody uses go, those of open pages stay', async () => {
  const b = browser();
  await b.fire('install', {});
  await b.open('p1');
  b.pages = ['p1'];
  b.version = 'v2';
  await b.open('p2');
  await b.open('p3');
  assert.ok(b.caches.all.has('cunju-v1') && b.caches.all.has('cunju-v2'));
  b.pages = [];
  const state = b.caches.all.get('cunju-state');
  for (const path of state.keys()) if (path.startsWith('/page/')) state.set(path, new Response('{"version":"v1","at":1}'));
  await b.open('p4');
  assert.deepEqual([...b.caches.all.keys()].sort(), ['cunju-state', 'cunju-v2']);
});

test('no network and nothing here yet: the page fails as a page, not as an empty one', async () => {
  const b = browser();
  b.offline = true;
  await assert.rejects(b.open('p1'), /Failed to fetch/);
});
