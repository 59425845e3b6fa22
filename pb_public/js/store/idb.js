// The tables of a phone, and IndexedDB with promises. memory.js is its twin for node; both hold the same tables.


/** A new table or index raises the version and is only ever added. */
const VERSION = 1;

/** Name → key path and indexes (name → key path, or [key path] with multiEntry). */
export const TABLES = {
  /** {k, v}: keys, chain, staff, regions, tokens, clock, counters, settings. */
  meta: { key: 'k', indexes: {} },
  /** Own changes: {seq, id, line, at, recs: ['services/x'], state, install, batch, i, verdict, settled}. batch 0: not sealed yet. */
  changes: { key: 'seq', indexes: { batch: 'batch', recs: ['recs'], state: 'state', settled: 'settled' } },
  /** Sealed batches: {hash, install, no, header, sealed, town, city}. */
  batches: { key: 'hash', indexes: { no: 'no' } },
  /** Server state: {k: 'services/x', c, r, rev, tau, seq, set, ft, feed, region, gen, at}. */
  records: { key: 'k', indexes: { feed: 'feed', place: 'place' } },
  /** Checkpoints: {feed, epoch, seq, gen, sweeping, whole, at}. */
  feeds: { key: 'feed', indexes: {} },
  /** What is being written: {id, kind, region, record, values, at}. */
  drafts: { key: 'id', indexes: {} },
};

/** @typedef {{get(table: string, key: any): Promise<any>, all(table: string, index?: string, only?: any, limit?: number): Promise<any[]>,
 *   count(table: string, index?: string, only?: any): Promise<number>, put(table: string, value: any): void, del(table: string, key: any): void}} Tx */
/** @typedef {{read<T>(tables: string[], work: (t: Tx) => Promise<T>|T): Promise<T>, write<T>(tables: string[], work: (t: Tx) => Promise<T>|T, strict?: boolean): Promise<T>, close(): void}} Db */

/** Opens the store. Losing a race against a newer version of the app closes it, never blocks it. @param {string} name @param {() => void} [outdated] @returns {Promise<Db>} */
export function openDb(name, outdated) {
  return new Promise((resolve, reject) => {
    const req = indexedDB.open(name, VERSION);
    req.onupgradeneeded = () => upgrade(req.result, req.transaction);
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

function upgrade(db, tx) {
  for (const [name, { key, indexes }] of Object.entries(TABLES)) {
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
  return {
    get: (table, key) => done(tx.objectStore(table).get(key)),
    all: (table, index, only, limit) => done(source(table, index).getAll(only, limit)),
    count: (table, index, only) => done(source(table, index).count(only)),
    put: (table, value) => { tx.objectStore(table).put(value); },
    del: (table, key) => { tx.objectStore(table).delete(key); },
  };
}

function done(req) {
  return new Promise((resolve, reject) => {
    req.onsuccess = () => resolve(req.result);
    req.onerror = () => reject(req.error);
  });
}
