// The server's state by feed: lines in, mark and sweep, checkpoint. Own changes are in another table and never touched here.
import { sumOf } from '../core/checkpoint.js';

/** @typedef {import('./idb.js').Db} Db */
/** @typedef {{feed: string, epoch: string, seq: number, gen: number, sweeping: boolean, whole: string, misses: number, at: number}} Feed
 * whole is 'count sum' of the last time when replica and server agreed, '' since the last change. */

/** A replica that never agrees is asked for again at most once an hour. */
const PATIENCE = 3600000;

/** Where this store stands in its feeds. @param {Db} db @param {string[]} names @returns {Promise<Feed[]>} */
export function cursors(db, names) {
  return db.read(['feeds'], async (t) => {
    const rows = await Promise.all(names.map((name) => t.get('feeds', name)));
    return rows.map((row, i) => row || { feed: names[i], epoch: '', seq: 0, gen: 0, sweeping: false, whole: '', misses: 0, at: 0 });
  });
}

/** From the start again: what does not come is dropped when the checkpoint closes the feed. @param {Feed} feed @param {string} epoch @returns {Feed} */
export function restarted(feed, epoch) {
  return { ...feed, epoch, seq: 0, gen: feed.gen + 1, sweeping: true, whole: '' };
}

/** Writes lines of one feed and its new cursor in one transaction. @param {Db} db @param {Feed} feed already moved to the last line @param {any[]} lines */
export function applyLines(db, feed, lines) {
  return db.write(['records', 'feeds'], async (t) => {
    for (const line of lines) {
      const key = line.c + '/' + line.r;
      if (line.remove) {
        const [row] = await t.heads('records', undefined, key);
        if (row && row.feed === feed.feed) t.del('records', key);
      } else {
        t.put('records', recordOf(line, feed));
      }
    }
    t.put('feeds', lines.length ? { ...feed, whole: '' } : feed);
  });
}

/** @param {any} line @param {Feed} feed */
function recordOf(line, feed) {
  const region = line.set.region || feed.feed;
  return { k: line.c + '/' + line.r, c: line.c, r: line.r, rev: line.rev, tau: line.tau, seq: line.seq, set: line.set, ft: line.ft || {},
    feed: feed.feed, region, place: line.c + '@' + region, gen: feed.gen, head: headOf(line.set) };
}

/** What lists and counts need, and what says nothing about anybody: days, states, kinds, the ids of staff. */
const HEAD = ['occurred_at', 'started_at', 'due_at', 'follow_up_at', 'state', 'kind', 'topic', 'counsel', 'service', 'size', 'sha256'];

/** @param {Record<string, any>} set @returns {Record<string, any>} */
export function headOf(set) {
  return Object.fromEntries(HEAD.filter((name) => set[name] !== undefined && set[name] !== '').map((name) => [name, set[name]]));
}

/** Closes a feed: sweeps when it was read from the start, compares count and sum. 'equal', 'heal' when the cursor went back to 0 and the
 * feed is to be asked again now, 'wait' when that did not help. @param {Db} db @param {Feed} feed @param {{count: number, sum: string}} checkpoint @param {number} now */
export function closeFeed(db, feed, checkpoint, now) {
  const told = checkpoint.count + ' ' + checkpoint.sum;
  if (!feed.sweeping && feed.whole === told) return Promise.resolve('equal');
  return db.write(['records', 'feeds'], async (t) => {
    let rows = await t.heads('records', 'feed', feed.feed);
    if (feed.sweeping) {
      for (const row of rows) if (row.gen !== feed.gen) t.del('records', row.k);
      rows = rows.filter((row) => row.gen === feed.gen);
    }
    const { count, sum } = sumOf(rows);
    if (count + ' ' + sum === told) {
      t.put('feeds', { ...feed, sweeping: false, whole: told, misses: 0, at: now });
      return 'equal';
    }
    const patient = feed.misses >= 2 && now - feed.at < PATIENCE;
    t.put('feeds', patient ? { ...feed, sweeping: false, whole: '' } : { ...restarted(feed, feed.epoch), misses: feed.misses + 1, at: now });
    return patient ? 'wait' : 'heal';
  });
}

/** Forgets a feed that may no longer be read. @param {Db} db @param {string} name */
export function dropFeed(db, name) {
  return db.write(['records', 'feeds'], async (t) => {
    for (const row of await t.heads('records', 'feed', name)) t.del('records', row.k);
    t.del('feeds', name);
  });
}
