// The store in memory, for node: the reference client and the tests. Transactions run one after another and are undone when they fail.
import { TABLES } from './idb.js';

/** @returns {import('./idb.js').Db & {dump(table: string): any[]}} */
export function memoryDb() {
  const tables = new Map(Object.keys(TABLES).map((name) => [name, new Map()]));
  let queue = Promise.resolve();
  const run = (names, write, work) => {
    const result = queue.then(() => transact(tables, names, write, work));
    queue = result.catch(() => {});
    return result;
  };
  return {
    read: (names, work) => run(names, false, work),
    write: (names, work) => run(names, true, work),
    close() {},
    dump: (name) => [...table(tables, name).values()].map(clone),
  };
}

async function transact(tables, names, write, work) {
  const before = names.map((name) => new Map(table(tables, name)));
  try {
    return await work(handle(tables, names, write));
  } catch (err) {
    names.forEach((name, i) => tables.set(name, before[i]));
    throw err;
  }
}

function handle(tables, names, write) {
  const open = (name, change) => {
    if (!names.includes(name) || (change && !write)) throw new Error('not in this transaction: ' + name);
    return table(tables, name);
  };
  const rows = (name, index, only) => {
    const all = [...open(name).entries()].sort((a, b) => order(a[0], b[0])).map(([, value]) => value);
    if (!index) return only === undefined ? all : all.filter((v) => v[TABLES[name].key] === only);
    const path = TABLES[name].indexes[index];
    const keys = (v) => (Array.isArray(path) ? v[path[0]] || [] : [v[path]]);
    return all.filter((v) => keys(v).some((k) => k !== undefined && (only === undefined || k === only)));
  };
  const all = async (name, index, only, limit) => rows(name, index, only).slice(0, limit || undefined).map(clone);
  return {
    get: async (name, key) => clone(open(name).get(key)),
    all,
    heads: all,
    count: async (name, index, only) => rows(name, index, only).length,
    put: (name, value) => { open(name, true).set(value[TABLES[name].key], clone(value)); },
    del: (name, key) => { open(name, true).delete(key); },
  };
}

function table(tables, name) {
  return tables.get(name);
}

function order(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function clone(value) {
  if (value === undefined) return undefined;
  return structuredClone(value, {});
}
