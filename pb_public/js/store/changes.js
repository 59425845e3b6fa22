// Own changes: saving, sealing, receipts. A save is one strict transaction without cryptography; a batch's bytes are never made twice.
import { lineOf, newChange } from '../core/change.js';
import { MAX_CHANGES, seal } from '../core/batch.js';
import { next } from './meta.js';

/** @typedef {import('./idb.js').Db} Db */

const MAX_BYTES = 4 * 1024 * 1024;
const DAY = 86400000;

/** Saves one user action. `build` makes its edits inside the transaction and may take a provisional number from `number()`; a draft that
 * it came from goes in the same transaction. Resolves after the disk has it.
 * @param {Db} db @param {{ms: number, by: string, draft?: string, build: (number: () => Promise<number>) => Promise<any[]>|any[]}} given */
export function saveChange(db, { ms, by, draft, build }) {
  return db.write(['changes', 'meta', 'drafts'], async (t) => {
    const edits = await build(() => next(t, 'service_no'));
    const change = newChange({ ms, by, edits });
    const row = { seq: await next(t, 'change_seq'), id: change.id, line: lineOf(change), at: ms, state: 'unsent', install: '', batch: 0, i: 0, verdict: '', settled: 0,
      recs: edits.map((e) => e.c + '/' + e.r) };
    t.put('changes', row);
    if (draft) t.del('drafts', draft);
    return row;
  }, true);
}

/** Seals what is not sealed yet; returns the new batches' headers. The caller holds the sealer's lock.
 * @param {Db} db @param {import('../core/install.js').Key} key @param {{now: number, offset: number, contact: number}} clock */
export async function sealAll(db, key, clock) {
  const made = [];
  for (;;) {
    const { rows, place } = await unsealed(db);
    if (!rows.length) return made;
    const at = { ...place, at: clock.now, offset: clock.offset, contact: clock.contact };
    const { header, hash } = await seal(key, at, rows.map((r) => r.line));
    await db.write(['changes', 'batches', 'meta'], async (t) => {
      const now = await t.get('meta', 'sealed');
      if (((now && now.v.no) || 0) + 1 !== header.no) throw new Error('two sealers');
      rows.forEach((row, i) => t.put('changes', { ...row, batch: header.no, i, install: key.id }));
      t.put('batches', { hash, install: key.id, no: header.no, header, sealed: clock.now, town: null, city: null });
      t.put('meta', { k: 'sealed', v: { no: header.no, prev: hash, last: header.first + header.n - 1 } });
    }, true);
    made.push(header);
  }
}

function unsealed(db) {
  return db.read(['changes', 'meta'], async (t) => {
    const all = await t.all('changes', 'batch', 0, MAX_CHANGES);
    const sealed = await t.get('meta', 'sealed');
    const last = sealed ? sealed.v : { no: 0, prev: '', last: 0 };
    let bytes = 0;
    const rows = all.sort((a, b) => a.seq - b.seq).filter((row) => (bytes += row.line.length * 3) <= MAX_BYTES || row === all[0]);
    return { rows, place: { no: last.no + 1, prev: last.prev, first: last.last + 1 } };
  });
}

/** Batches that the township has not acknowledged, oldest first, with their lines. @param {Db} db @param {string} install @param {number} [from] */
export function unsentBatches(db, install, from) {
  return db.read(['batches', 'changes'], async (t) => {
    const batches = (await t.all('batches')).filter((b) => b.install === install && (from ? b.no >= from : !b.town));
    batches.sort((a, b) => a.no - b.no);
    const lists = await Promise.all(batches.map((b) => t.all('changes', 'batch', b.no)));
    return batches.map((batch, i) => ({ ...batch, lines: lists[i].filter((c) => c.install === install).sort((a, b) => a.i - b.i).map((c) => c.line) }));
  });
}

/** Keeps a receipt that was verified; unknown batches and repeats change nothing. @param {Db} db @param {import('../core/batch.js').Receipt} receipt */
export function keepReceipt(db, receipt) {
  return db.write(['batches', 'changes'], async (t) => {
    const batch = await t.get('batches', receipt.batch);
    const side = receipt.level === 'city' ? 'city' : 'town';
    if (!batch || batch.header.n !== receipt.n) return false;
    t.put('batches', { ...batch, [side]: receipt });
    const rows = (await t.heads('changes', 'batch', batch.no)).filter((c) => c.install === batch.install);
    for (const row of rows) {
      const verdict = (receipt.verdicts && receipt.verdicts[String(row.i)]) || 'applied';
      const state = side === 'city' || row.state === 'city' ? 'city' : 'township';
      t.put('changes', { ...row, state, verdict: side === 'town' || !row.verdict ? verdict : row.verdict });
    }
    return true;
  }, true);
}

/** After a server came back with less than it had acknowledged: its receipts no longer say that it holds these batches. @param {Db} db @param {string} install @param {number} lastNo */
export function forgetReceiptsAfter(db, install, lastNo) {
  return db.write(['batches', 'changes'], async (t) => {
    const lost = (await t.all('batches')).filter((b) => b.install === install && b.town && b.no > lastNo);
    for (const batch of lost) {
      t.put('batches', { ...batch, town: null, lost: batch.town });
      for (const row of (await t.heads('changes', 'batch', batch.no)).filter((c) => c.install === install && c.state === 'township')) {
        t.put('changes', { ...row, state: 'unsent', settled: 0 });
      }
    }
    return lost.length;
  }, true);
}

/** Marks changes whose effect the feeds have brought back, so that they are no longer laid over the server's state. @param {Db} db @param {number[]} seqs */
export function settle(db, seqs) {
  return db.write(['changes'], async (t) => {
    const rows = await Promise.all(seqs.map((seq) => t.get('changes', seq)));
    for (const row of rows) if (row && row.state !== 'unsent') t.put('changes', { ...row, settled: 1 });
  });
}

/** Changes that have a receipt and are still laid over. @param {Db} db @returns {Promise<number[]>} */
export function answered(db) {
  return db.read(['changes'], async (t) => (await t.heads('changes', 'settled', 0)).filter((c) => c.state !== 'unsent').map((c) => c.seq));
}

/** Before a new identity: sealed work that no server acknowledged is unsealed again, to be sealed under the new key; ids stay, so a
 * server that did get it answers 'duplicate'. @param {import('./idb.js').Tx} t */
export async function reopen(t) {
  for (const row of await t.heads('changes', 'state', 'unsent')) t.put('changes', { ...row, batch: 0, i: 0, install: '' });
  for (const batch of await t.all('batches')) if (!batch.town && !batch.city) t.del('batches', batch.hash);
  t.put('meta', { k: 'sealed', v: { no: 0, prev: '', last: 0 } });
}

/** What waits and what went wrong. @param {Db} db */
export function queue(db) {
  return db.read(['changes'], async (t) => {
    const unsent = await t.heads('changes', 'state', 'unsent');
    const sent = [...(await t.heads('changes', 'state', 'township')), ...(await t.heads('changes', 'state', 'city'))];
    const problems = sent.filter((c) => /^(refused|held|conflict)/.test(c.verdict) && c.verdict !== 'refused:duplicate' && !c.seen);
    return { unsent: unsent.length, oldest: unsent.reduce((min, c) => Math.min(min, c.at), Infinity), problems, waiting: unsent };
  });
}

/** The author has read a problem. @param {Db} db @param {number} seq */
export function markSeen(db, seq) {
  return db.write(['changes'], async (t) => {
    const row = await t.get('changes', seq);
    if (row) t.put('changes', { ...row, seen: 1 });
  });
}

/** Drops own lines 90 days after the city has them (docs/sync.md §8). @param {Db} db @param {number} now */
export function dropOld(db, now) {
  return db.write(['batches', 'changes'], async (t) => {
    for (const batch of await t.all('batches')) {
      if (!batch.city || batch.city.at > now - 90 * DAY) continue;
      const rows = (await t.heads('changes', 'batch', batch.no)).filter((c) => c.install === batch.install);
      if (rows.some((c) => !c.settled)) continue;
      rows.forEach((row) => t.del('changes', row.seq));
      t.del('batches', batch.hash);
    }
  });
}
