// The tables of a phone, and IndexedDB with promises. memory.js is its twin for node; both hold the same tables.


/** A new table or index raises the version and is only ever added. */
const VERSION = 2;

/** Name → key path, indexes (name → key path, or [key path] with multiEntry), and the fields that sealed.js hides: `sealed` as JSON, `bytes` as they are.
 * @type {Record<string, {key: string, indexes: Record<string, string|string[]>, sealed?: string[], bytes?: string}>} */
export const TABLES = {
  /** {k, v}: keys, chain, staff, regions, tokens, clock, counters, settings. */
  meta: { key: 'k', indexes: {}, sealed: ['v'] },
  /** Own changes: {seq, id, line, at, recs: ['services/x'], state, install, batch, i, verdict, settled}. batch 0: not sealed yet. */
  changes: { key: 'seq', indexes: { batch: 'batch', recs: ['recs'], state: 'state', settled: 'settled' }, sealed: ['line'] },
  /** Sealed batches: {hash, install, no, header, sealed, town, city}. */
  batches: { key: 'hash', indexes: { no: 'no' } },
  /** Server state: {k: 'services/x', c, r, rev, tau, seq, set, ft, feed, region, gen, at} and `head`, what lists and counts need without opening. */
  records: { key: 'k', indexes: { feed: 'feed', place: 'place' }, sealed: ['set', 'ft'] },
  /** Checkpoints: {feed, epoch, seq, gen, sweeping, whole, at}. */
  feeds: { key: 'feed', indexes: {} },
  /** What is being written: {id, kind, region, record, values, at}. */
  drafts: { key: 'id', indexes: {}, sealed: ['kind', 'region', 'record', 'values'] },
  /** Photos, signatures, voice notes: {hash, size, kind, mime, region, record, service, name, state, sent, at}. */
  files: { key: 'hash', indexes: { state: 'state', service: 'service' }, sealed: ['name'] },
  /** Their bytes in parts: {k: hash/n, file: hash, data}. */
  chunks: { key: 'k', indexes: { file: 'file' }, bytes: 'data' },
  /** How often each table was written: {table, n}; sealed.js knows by it whether what it read still stands. */
  turns: { key: 'table', indexes: {} },
};

/** heads: rows without what is sealed in them; they can be counted, and put back as they are with other open fields.
 * @typedef {{get(table: string, key: any): Promise<any>, all(table: string, index?: string, only?: any, limit?: number): Promise<any[]>,
 *   heads(table: string, index?: string, only?: any, limit?: number): Promise<any[]>,
 *   count(table: string, index?: string, only?: any): Promise<number>, put(table: string, value: any): void, del(table: string, key: any): void}} Tx */
/** @typedef {{read<T>(tables: string[], work: (t: Tx) => Promise<T>|T): Promise<T>, write<T>(tables: string[], work: (t: Tx) => Promise<T>|T, strict?: boolean): Promise<T>, close(): void}} Db */

/** Opens a store. Losing a race against a newer version of the app closes it, never blocks it.
 * @param {string} name @param {() => void} [outdated] @param {Record<string, {key: string, indexes: Record<string, string|string[]>}>} [tables] @returns {Promise<Db>} */
export function openDb(name, outdated, tables = TABLES) {
  return new Promise((resolve, reject) => {
    const req = indexedDB.open(name, VERSION);
    req.onupgradeneeded = () => upgrade(req.result, req.transaction, tables);
    req.onerror = () => reject(req.error);
    req.onblocked = () => reject(new Error('blocked'));
    req.onsuccess = () => {
      const db = req.result;
      db.onversionchange = () => { db.close(); if (outdated) outdated(); };
      resolve({
        read: (tables, work) => run(db, tables, 'readonly', work),
        write: (tables, work, strict) => run(db, tables, 'readwrite', work, strict),
        close: () => db.close(),
      });
    };
  });
}

function upgrade(db, tx, tables) {
  for (const [name, { key, indexes }] of Object.entries(tables)) {
    const table = db.objectStoreNames.contains(name) ? tx.objectStore(name) : db.createObjectStore(name, { keyPath: key });
    for (const [index, path] of Object.entries(indexes)) {
      if (table.indexNames.contains(index)) continue;
      if (Array.isArray(path)) table.createIndex(index, path[0], { multiEntry: true });
      else table.createIndex(index, path);
    }
  }
}

/** One transaction; resolves only on its 'complete'. strict: the browser must have told the disk to keep it. */
function run(db, tables, mode, work, strict) {
  return new Promise((resolve, reject) => {
    const tx = db.transaction(tables, mode, strict ? { durability: 'strict' } : undefined);
    let result;
    let failed;
    tx.oncomplete = () => resolve(result);
    tx.onabort = () => reject(failed || tx.error || new Error('aborted'));
    Promise.resolve(work(handle(tx))).then((value) => { result = value; }, (err) => {
      failed = err;
      try { tx.abort(); } catch (again) { reject(err); }
    });
  });
}

/** @returns {Tx} */
function handle(tx) {
  const source = (table, index) => (index ? tx.objectStore(table).index(index) : tx.objectStore(table));
  const all = (table, index, only, limit) => done(source(table, index).getAll(only, limit));
  return {
    get: (table, key) => done(tx.objectStore(table).get(key)),
    all,
    heads: all,
    count: (table, index, only) => done(source(table, index).count(only)),
    put: (table, value) => { tx.objectStore(table).put(value); },
    del: (table, key) => { tx.objectStore(table).delete(key); },
  };
}

/** Removes a store for good. @param {string} name @returns {Promise<void>} */
export function removeDb(name) {
  return new Promise((resolve) => {
    const req = indexedDB.deleteDatabase(name);
    req.onsuccess = req.onerror = req.onblocked = () => resolve();
  });
}

function done(req) {
  return new Promise((resolve, reject) => {
    req.onsuccess = () => resolve(req.result);
    req.onerror = () => reject(req.error);
  });
}
