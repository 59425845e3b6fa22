// Feeds down: resumable, self-healing, never touching own changes.
import { answered, forgetReceiptsAfter, queue, settle } from '../store/changes.js';
import { applyLines, closeFeed, cursors, dropFeed, restarted } from '../store/feeds.js';
import { getMeta, putMeta } from '../store/meta.js';
import { callJson, callLines, CallError } from './calls.js';
import { keepVerified } from './push.js';
import { renewalDue } from './renew.js';
import { signed } from './signed.js';
import { trustedChain } from './trust.js';

const ROUNDS = 400;

/** @typedef {{db: import('../store/idb.js').Db, line: import('./calls.js').Line, heard: (now: number, began: number) => Promise<any>, now: () => number, clock: () => Promise<{offset: number}>}} Client */

/** The feeds of these villages: each, and the township, county and city above them. @param {string[]} regions @param {string} [city] */
export function feedsOf(regions, city) {
  const names = new Set();
  for (const code of regions) {
    names.add(code);
    for (const n of [9, 6]) names.add(code.slice(0, n).padEnd(12, '0'));
    names.add(city || code.slice(0, /^(11|12|31|50)/.test(code) ? 2 : 4).padEnd(12, '0'));
  }
  return [...names].sort().reverse();
}

/** Reads all feeds to their end. Returns whether every replica equals its server. @param {Client} client */
export async function pull(client) {
  const ready = await answered(client.db);
  let all = true;
  let open = await wanted(client);
  for (let round = 0; open.length; round++) {
    if (round === ROUNDS) throw new CallError('busy', 'endless');
    const { closed, cut, waiting } = await readAllowed(client, open);
    if (cut) throw new CallError('offline', 'cut');
    all = all && !waiting;
    const names = await wanted(client);
    open = open.filter((name) => names.includes(name) && !closed.includes(name));
  }
  if (all) await settle(client.db, ready);
  return all;
}

/** What to read now. Feeds that are no longer ours are dropped, but only once nothing of our own waits to be sent. */
export async function wanted({ db }) {
  const { readable, city, exact, staff } = await getMeta(db, ['readable', 'city', 'exact', 'staff']);
  const regions = exact ? readable : feedsOf(readable || [], city);
  // Villages also have what is for this person alone: sealed matters.
  const names = regions.flatMap((code) => (code.endsWith('000') ? [code] : [code, code + '/own/' + staff.id]));
  const stored = await db.read(['feeds'], (t) => t.all('feeds'));
  const lost = stored.filter((f) => !names.includes(f.feed));
  if (lost.length && (await queue(db)).unsent === 0) for (const feed of lost) await dropFeed(db, feed.feed);
  return names;
}

/** An assignment may have ended while we were away: then ask for nothing, learn from the closing line what may be read, and keep to that. */
async function readAllowed(client, names) {
  try {
    return await readOnce(client, names);
  } catch (err) {
    if (err.code !== 'scope' || !names.length) throw err;
    const { cut } = await readOnce(client, []);
    await putMeta(client.db, { exact: true });
    return { closed: [], waiting: false, cut };
  }
}

async function readOnce(client, names) {
  const { rn, epoch } = await getMeta(client.db, ['rn', 'epoch']);
  const feeds = new Map((await cursors(client.db, names)).map((f) => [f.feed, f]));
  const { unsent } = await queue(client.db);
  const asked = [...feeds.values()].map((f) => `f=${f.feed},${f.epoch},${f.seq}`);
  const uri = '/api/sync/feed?' + [...asked, `receipts=${rn || 0}`, `unsent=${unsent}`, 'limit=500'].join('&');
  const answer = makeAnswer(feeds);
  const began = client.now();
  const { closing } = await signed(client, uri, (path, init) => callLines(client.line, path, init, answer.take));
  const result = await keep(client, answer, closing !== null);
  if (closing) {
    await client.heard(closing.now, began);
    const { chain } = await getMeta(client.db, ['chain']);
    await putMeta(client.db, { readable: closing.regions || [], install_state: closing.state, renew_due: renewalDue(closing, chain[0]) });
  }
  const fresh = [...feeds.values()].map((f) => f.epoch).find((e) => e && e !== epoch);
  if (fresh && closing) await meetEpoch(client, fresh);
  return { ...result, cut: closing === null };
}

/** Sorts the lines of an answer by feed while they come. @param {Map<string, import('../store/feeds.js').Feed>} feeds */
function makeAnswer(feeds) {
  const parts = [];
  const receipts = [];
  const gone = [];
  let part = null;
  return { parts, receipts, gone, feeds, take(line) {
    if (line.reset !== undefined) {
      const feed = feeds.get(line.reset);
      if (feed) feeds.set(line.reset, restarted(feed, line.epoch));
    } else if (line.gone !== undefined) {
      gone.push(line.gone);
    } else if (line.feed !== undefined) {
      part = feeds.has(line.feed) ? { name: line.feed, lines: [], checkpoint: null } : null;
      if (part) parts.push(part);
    } else if (line.checkpoint) {
      if (part && part.name === line.checkpoint.feed) part.checkpoint = line.checkpoint;
      part = null;
    } else if (line.receipt) {
      receipts.push(line);
    } else if (part && line.c && line.r) {
      part.lines.push(line);
    }
  } };
}

async function keep(client, { parts, receipts, gone, feeds }, whole) {
  for (const name of gone) await dropFeed(client.db, name);
  const closed = [...gone];
  let waiting = false;
  for (const part of parts) {
    const before = feeds.get(part.name);
    const last = part.checkpoint || part.lines[part.lines.length - 1];
    const feed = last ? { ...before, seq: last.seq } : before;
    if (part.lines.length || feed.seq !== before.seq) await applyLines(client.db, feed, part.lines);
    if (!part.checkpoint || part.checkpoint.more) continue;
    const end = await closeFeed(client.db, part.lines.length ? { ...feed, whole: '' } : feed, part.checkpoint, client.now());
    if (end !== 'heal') closed.push(part.name);
    waiting = waiting || end === 'wait';
  }
  if (whole) await keepReceipts(client, receipts);
  return { closed, waiting };
}

/** Lines of feeds that came in a file, for those feeds that still stand where they were asked. @param {Client} client @param {any[]} lines @param {string[]} names */
export async function takeFeeds(client, lines, names) {
  const answer = makeAnswer(new Map((await cursors(client.db, names)).map((f) => [f.feed, f])));
  for (const line of lines) if (line.gone === undefined || names.includes(line.gone)) answer.take(line);
  await keep(client, answer, false);
  await keepReceipts(client, answer.receipts).catch((err) => { if (!(err instanceof CallError)) throw err; });
}

/** City receipts in order; a server that we cannot name yet stops the row, so that its receipts come again. */
async function keepReceipts(client, lines) {
  if (!lines.length) return;
  const chain = await trustedChain(client, lines[lines.length - 1].receipt.server);
  for (const { receipt, rn } of lines) {
    if (!chain.known.has(receipt.server)) return;
    await keepVerified(client.db, chain.texts, receipt);
    await putMeta(client.db, { rn });
  }
}

/** The server is another incarnation: ask how far it remembers us, and take back the receipts for what it lost. */
async function meetEpoch(client, epoch) {
  const status = await signed(client, '/api/sync/status', (path, init) => callJson(client.line, path, init));
  const { sealed, key } = await getMeta(client.db, ['sealed', 'key']);
  if (sealed && status.last_no > sealed.no) {
    // This store is older than its own signatures: a restored backup. Its identity ends here.
    await putMeta(client.db, { install_state: 'outdated' });
    return;
  }
  await forgetReceiptsAfter(client.db, key.id, status.last_no);
  await putMeta(client.db, { epoch });
}
