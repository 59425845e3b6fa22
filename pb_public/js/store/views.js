// What a screen shows: the server's state with own, not yet returned changes laid over it, and how far those have travelled.
import { headOf } from './feeds.js';

/** @typedef {import('./idb.js').Db} Db */
/** @typedef {{k: string, c: string, r: string, rev: string, region: string, set: Record<string, any>, own: boolean, saved: number, level: number, problem: string, tau: number}} View
 * saved: when the first own change of it was saved on this phone, 0 for none. */

const LEVEL = { unsent: 1, township: 2, city: 3 };

/** All records of one kind in one region, newest first by `by`. @param {Db} db @param {string} c @param {string} region @param {string} [by] @returns {Promise<View[]>} */
export async function listIn(db, c, region, by) {
  return (await listMany(db, c, [region], by)).get(region) || [];
}

/** The same for several regions in one reading. @param {Db} db @param {string} c @param {string[]} regions @param {string} [by] @returns {Promise<Map<string, View[]>>} */
export function listMany(db, c, regions, by) {
  const field = by || 'occurred_at';
  return db.read(['records', 'changes'], async (t) => {
    const lists = await Promise.all(regions.map((region) => t.all('records', 'place', c + '@' + region)));
    const over = await overlay(t, c);
    const known = new Map(lists.flat().map((r) => [r.k, r]));
    // Own changes may touch records that lie elsewhere, or nowhere yet.
    const away = [...over.keys()].filter((k) => !known.has(k));
    const rows = await Promise.all(away.map((k) => t.get('records', k)));
    away.forEach((k, i) => known.set(k, rows[i]));
    const out = new Map(regions.map((region) => [region, []]));
    for (const [k, row] of known) {
      const view = merged(k, row, over.get(k) || []);
      const list = view && out.get(view.region);
      if (list) list.push(view);
    }
    for (const list of out.values()) list.sort((a, b) => (String(a.set[field] || '') < String(b.set[field] || '') ? 1 : -1));
    return out;
  });
}

/** One record, or null. @param {Db} db @param {string} k 'services/x' @returns {Promise<View|null>} */
export function getView(db, k) {
  return db.read(['records', 'changes'], async (t) => merged(k, await t.get('records', k), (await t.all('changes', 'recs', k)).sort((a, b) => a.seq - b.seq)));
}

/** Own changes by record, oldest first. Only those are opened that may lie over the server's state. */
async function overlay(t, c) {
  const map = new Map();
  const heads = (await t.heads('changes')).filter((row) => row.recs.some((k) => k.startsWith(c + '/'))).sort((a, b) => a.seq - b.seq);
  const rows = await Promise.all(heads.map((row) => (row.settled && !/^(refused|held)/.test(row.verdict) ? row : t.get('changes', row.seq))));
  for (const row of rows) {
    for (const k of row.recs) {
      if (!k.startsWith(c + '/')) continue;
      const list = map.get(k);
      if (list) list.push(row); else map.set(k, [row]);
    }
  }
  return map;
}

/** @param {string} k @param {any} row server's record or undefined @param {any[]} changes own changes of it, oldest first @returns {View|null} */
export function merged(k, row, changes) {
  const [c, r] = k.split('/');
  const set = row ? { ...row.set } : {};
  let rev = row ? row.rev : '';
  let shown = Boolean(row);
  let level = changes.length ? 3 : 0;
  let problem = '';
  for (const change of changes) {
    level = Math.min(level, LEVEL[change.state]);
    const refused = change.verdict.startsWith('refused:') && change.verdict !== 'refused:duplicate';
    if (refused || /^(held|conflict)/.test(change.verdict)) problem = change.verdict;
    // A refused or held creation exists nowhere else: its author still sees it. A refused edit is not laid over.
    const lies = !change.settled ? !refused || !row : !row && (refused || change.verdict === 'held');
    if (!lies) continue;
    for (const e of JSON.parse(change.line).edits) if (e.c === c && e.r === r) Object.assign(set, e.set);
    rev = change.id;
    shown = true;
  }
  if (!shown) return null;
  return { k, c, r, rev, region: set.region || (row && row.region) || '', set, own: changes.length > 0, saved: changes.length ? changes[0].at : 0, level, problem, tau: row ? row.tau : 0 };
}

/** Heads of all services in these regions with own changes laid over them: enough to count, without opening what is not new.
 * @param {Db} db @param {string} c @param {string[]} regions @returns {Promise<{region: string, head: Record<string, any>, level: number}[]>} */
function headsIn(db, c, regions) {
  return db.read(['records', 'changes'], async (t) => {
    const over = await overlay(t, c);
    const rows = (await Promise.all(regions.map((region) => t.heads('records', 'place', c + '@' + region)))).flat();
    const quiet = rows.filter((row) => !over.has(row.k)).map((row) => ({ region: row.region, head: row.head || headOf(row.set), level: 0 }));
    const touched = await Promise.all([...over].map(async ([k, list]) => merged(k, await t.get('records', k), list)));
    for (const view of touched) if (view && regions.includes(view.region)) quiet.push({ region: view.region, head: headOf(view.set), level: view.level });
    return quiet;
  });
}

/** Counts and last service of each region. @param {Db} db @param {string[]} regions @param {string} month 'YYYY-MM' */
export async function overview(db, regions, month) {
  const by = new Map(regions.map((region) => [region, { region, total: 0, month: 0, last: '', unsent: 0 }]));
  for (const { region, head, level } of await headsIn(db, 'services', regions)) {
    const row = by.get(region);
    if (!row || head.state === 'voided') continue;
    const at = String(head.occurred_at || '');
    row.total += 1;
    if (at.startsWith(month)) row.month += 1;
    if (at > row.last) row.last = at;
    if (level === 1) row.unsent += 1;
  }
  return [...by.values()];
}

/** Kinds of service by use, most used first. @param {Db} db @param {string[]} regions @param {string} counsel */
export async function kindsByUse(db, regions, counsel) {
  const uses = new Map();
  for (const { head } of await headsIn(db, 'services', regions)) if (head.counsel === counsel) uses.set(head.kind, (uses.get(head.kind) || 0) + 1);
  return [...uses].sort((a, b) => b[1] - a[1]).map(([kind]) => kind);
}

/** What is being written, newest first. @param {Db} db @returns {Promise<import('./drafts.js').Draft[]>} */
export function listDrafts(db) {
  return db.read(['drafts'], async (t) => (await t.all('drafts')).sort((a, b) => b.at - a.at));
}
