// The store under its lock: every value that may be about a person lies encrypted in IndexedDB. Encrypting takes longer than a transaction of
// IndexedDB stays open, so work reads first, its writes are gathered and sealed, and one strict transaction then keeps them, if nothing that
// was read has changed since (counters in 'turns'); else the work is done again.
import { utf8 } from '../core/bytes.js';
import { TABLES } from './idb.js';

/** Keys of 'meta' that say nothing about people: counters, leases, and keys that only the browser can use. */
const OPEN = /^(key|tokens|box_key|clock|sealed|rn|epoch|swept|change_seq|service_no|persist_asked|renew_due|install_state|exact|lease-.*)$/;
const TRIES = 30;
const KEPT = 2000;
const STALE = new Error('stale');

/** @typedef {import('./idb.js').Db} Db */

/** @param {Db} raw @param {import('../core/vault.js').Box} box @returns {Db & {idle(): Promise<void>}} */
export function sealedDb(raw, box) {
  const store = { raw, box, opened: new Map(), closed: false };
  let last = Promise.resolve();
  return {
    read: (tables, work) => attempt(store, tables, work),
    write(tables, work, strict) {
      const done = last.then(() => attempt(store, tables, work, { strict: strict === true }));
      last = done.then(() => {}, () => {});
      return done;
    },
    /** Resolves when everything that was asked for is kept. */
    idle: () => last,
    /** Whoever still asks gets no answer: the page is about to begin anew. */
    close() {
      store.closed = true;
      raw.close();
    },
  };
}

async function attempt(store, tables, work, write) {
  for (let n = 1; ; n++) {
    const seen = { tables, turns: null, patient: !write && n > TRIES, puts: new Map() };
    try {
      const result = await work(handle(store, seen, write));
      if (!write || !seen.puts.size) return result;
      if (await commit(store, seen, write.strict)) return result;
    } catch (err) {
      if (store.closed) return new Promise(() => {});
      if (err !== STALE) throw err;
    }
    if (n > 2 * TRIES) throw new Error('the store is busy');
  }
}

/** Keeps gathered writes in one transaction; false when what was read has changed meanwhile. */
async function commit({ raw, box }, seen, strict) {
  const rows = await Promise.all([...seen.puts.values()].map(async ({ table, key, value }) => ({ table, key, row: value && (await sealRow(box, table, value)) })));
  const changed = [...new Set(rows.map((r) => r.table))];
  return raw.write([...changed, 'turns'], async (t) => {
    const now = turnsOf(await t.all('turns'));
    if (seen.turns && seen.tables.some((name) => now[name] !== seen.turns[name])) return false;
    for (const { table, key, row } of rows) {
      if (row) t.put(table, row);
      else t.del(table, key);
    }
    for (const table of changed) t.put('turns', { table, n: (now[table] || 0) + 1 });
    return true;
  }, strict);
}

function turnsOf(rows) {
  return Object.fromEntries(rows.map((r) => [r.table, r.n]));
}

/** @returns {import('./idb.js').Tx} */
function handle(store, seen, write) {
  const fetch = async (table, ask) => {
    const { found, turns } = await store.raw.read([table, 'turns'], async (t) => {
      const [rows, all] = await Promise.all([ask(t), t.all('turns')]);
      return { found: rows, turns: turnsOf(all) };
    });
    if (seen.turns && !seen.patient && seen.tables.some((name) => turns[name] !== seen.turns[name])) throw STALE;
    seen.turns = seen.turns || turns;
    return found;
  };
  const heads = async (table, index, only, limit) => over(seen, table, index, only, await fetch(table, (t) => t.all(table, index, only, limit))).slice(0, limit || undefined);
  const put = (table, key, value) => {
    if (!write || !seen.tables.includes(table)) throw new Error('not in this transaction: ' + table);
    seen.puts.set(table + ' ' + key, { table, key, value });
  };
  return {
    async get(table, key) {
      const waiting = seen.puts.get(table + ' ' + key);
      if (waiting) return waiting.value || undefined;
      return openRow(store, table, await fetch(table, (t) => t.get(table, key)));
    },
    all: async (table, index, only, limit) => Promise.all((await heads(table, index, only, limit)).map((row) => openRow(store, table, row))),
    heads,
    count: async (table, index, only) => (await heads(table, index, only)).length,
    put: (table, value) => put(table, value[TABLES[table].key], value),
    del: (table, key) => put(table, key, null),
  };
}

/** What was read, with the writes of this work laid over it. */
function over(seen, table, index, only, rows) {
  const mine = [...seen.puts.values()].filter((p) => p.table === table);
  if (!mine.length) return rows;
  const { key, indexes } = TABLES[table];
  const path = index ? indexes[index] : key;
  const fits = (row) => {
    const values = Array.isArray(path) ? row[path[0]] || [] : [row[path]];
    return index ? values.some((v) => v !== undefined && (only === undefined || v === only)) : only === undefined || row[key] === only;
  };
  const touched = new Set(mine.map((p) => p.key));
  return [...rows.filter((row) => !touched.has(row[key])), ...mine.map((p) => p.value).filter((row) => row && fits(row))];
}

/** A row as it lies in IndexedDB: plain what indexes and counts need, the rest under `z`. A row that was read sealed is kept as it is. */
async function sealRow(box, table, row) {
  const { key, sealed, bytes } = TABLES[table];
  if (row.z || (table === 'meta' && OPEN.test(row.k))) return row;
  const place = table + '/' + row[key];
  if (bytes) {
    const { [bytes]: data, ...head } = row;
    return { ...head, z: await box.seal(new Uint8Array(data), place) };
  }
  if (!sealed) return row;
  const head = { ...row };
  const kept = {};
  for (const name of sealed) {
    kept[name] = row[name];
    delete head[name];
  }
  return { ...head, z: await box.seal(utf8(JSON.stringify(kept)), place) };
}

/** The row as it was put. Rows of a store that had no lock yet lie open and are read as they are. */
async function openRow({ box, opened }, table, row) {
  if (!row || !row.z) return row;
  const { key, bytes } = TABLES[table];
  const place = table + '/' + row[key];
  const known = table === 'records' && opened.get(place);
  const mark = known && String(row.z.subarray(0, 12));
  if (known && known.mark === mark) return { ...known.head, ...known.kept };
  const { z, ...head } = row;
  const plain = await box.open(z, place);
  if (bytes) return { ...head, [bytes]: plain.buffer };
  const kept = JSON.parse(new TextDecoder().decode(plain));
  if (table === 'records') {
    if (opened.size >= KEPT) opened.clear();
    opened.set(place, { mark: String(z.subarray(0, 12)), head, kept });
  }
  return { ...head, ...kept };
}

/** Seals what still lies open, a portion at a time; can be broken off at any time and done again. @param {Db} raw @param {Db} db the same store under its lock @param {(row: any) => any} [better] brings a row of 'records' to today's form */
export async function sealOld(raw, db, better = (row) => row) {
  for (const [table, spec] of Object.entries(TABLES)) {
    if (!spec.sealed && !spec.bytes) continue;
    const open = (await raw.read([table], (t) => t.all(table))).filter((row) => !row.z && !(table === 'meta' && OPEN.test(row.k))).map((row) => row[spec.key]);
    for (let i = 0; i < open.length; i += 200) {
      await db.write([table], async (t) => {
        for (const row of await Promise.all(open.slice(i, i + 200).map((key) => t.get(table, key)))) if (row) t.put(table, table === 'records' ? better(row) : row);
      }, true);
    }
  }
}
