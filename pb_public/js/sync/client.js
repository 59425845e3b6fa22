// The client of the protocol: seal, push, pull, and when to try again. Runs in a page and, with an injected store and fetch, under node.
import { dropOld, queue, sealAll } from '../store/changes.js';
import { dropFeed } from '../store/feeds.js';
import { dropOldFiles } from '../store/files.js';
import { getMeta, putMeta } from '../store/meta.js';
import { CallError } from './calls.js';
import { learnClock, readClock } from './clock.js';
import { enrol } from './enrol.js';
import { alone } from './lock.js';
import { pull } from './pull.js';
import { push } from './push.js';
import { renew } from './renew.js';
import { exportUnsent, importAnswer } from './carry.js';
import { sendFiles } from './files.js';

const FIRST = 2000;
const LONGEST = 300000;

/** @typedef {{running: boolean, error: string, hint: string, failures: number, nextAt: number, lastOk: number, sentAt: number}} Status sentAt: when a server last took something of ours */

/** @param {{db: import('../store/idb.js').Db, fetch: typeof fetch, base?: string, now?: () => number, locks?: any, language?: () => string, chance?: () => number, told?: (status: Status) => void}} given */
export function makeClient(given) {
  const { db, locks } = given;
  const now = given.now || Date.now;
  const chance = given.chance || Math.random;
  const line = { fetch: given.fetch, base: given.base || '', language: given.language || (() => 'zh-CN') };
  /** @type {Status} */
  let status = { running: false, error: '', hint: '', failures: 0, nextAt: 0, lastOk: 0, sentAt: 0 };
  const tell = (change) => {
    status = { ...status, ...change };
    if (given.told) given.told(status);
  };
  const client = { db, line, now, clock: () => readClock(db), heard: (server, began) => learnClock(db, server, began, now()) };

  /** Seals what was saved; safe to call at any time. */
  async function sealNow() {
    const { key } = await getMeta(db, ['key']);
    if (!key) return;
    await alone(db, 'seal', async () => sealAll(db, key, { now: now(), ...(await readClock(db)) }), now, locks);
  }

  async function exchange() {
    await sealNow();
    if (await push(client)) tell({ sentAt: now() });
    await pull(client);
    if (await renew(client)) await pull(client);
    // Saved meanwhile, or taken back because the server lost it.
    await sealNow();
    if ((await queue(db)).unsent) await push(client);
    if (now() - ((await getMeta(db, ['swept'])).swept || 0) > 86400000) {
      await dropOld(db, now());
      await dropOldFiles(db, now());
      await putMeta(db, { swept: now() });
    }
  }

  async function ended(err) {
    const known = err instanceof CallError ? err : new CallError('busy', 'internal');
    const final = known.kind === 'refused';
    if (final && /^(install_|unknown_install|cert_expired|fork)/.test(known.code)) await putMeta(db, { install_state: stateFor(known.code) });
    if (known.code === 'install_revoked') await forgetOthers(db);
    const failures = status.failures + 1;
    tell({ running: false, error: known.code, hint: known.more.hint || '', failures, nextAt: now() + pauseAfter(final, known.more.retryAfter, failures, chance()) });
    if (!(err instanceof CallError)) throw err;
  }

  return {
    /** Pairs this store with a code. */
    enrol: (code, name) => enrol(client, code, name),
    sealNow,
    /** Attachments, on a lane of their own; 'busy' when another tab drives it. @param {Parameters<typeof sendFiles>[1]} lane */
    async files(lane) {
      if (!(await getMeta(db, ['key'])).key) return 'busy';
      try {
        return await alone(db, 'files', () => sendFiles(client, lane), now, locks);
      } catch (err) {
        if (err instanceof CallError) return err.code;
        throw err;
      }
    },
    /** The unsent as a file for the office, and the answer that comes back. */
    async exportUnsent() {
      await sealNow();
      return exportUnsent(client);
    },
    importAnswer: (file) => importAnswer(client, file),
    status: () => status,
    queue: () => queue(db),
    /** One full exchange; 'busy' when another tab does it. Failures are kept in status, not thrown, but for mistakes of ours. */
    async run() {
      if (status.running || !(await getMeta(db, ['key'])).key) return 'busy';
      tell({ running: true });
      try {
        const result = await alone(db, 'sync', exchange, now, locks);
        tell(result === 'busy' ? { running: false } : { running: false, error: '', hint: '', failures: 0, nextAt: 0, lastOk: now() });
        return result === 'busy' ? 'busy' : 'done';
      } catch (err) {
        await ended(err);
        return 'failed';
      }
    },
    /** Whether the pause after a failure is over. */
    due: () => !status.running && now() >= status.nextAt,
  };
}

/** Milliseconds until the next try. A thousand phones that lost the same line must not come back together: a pause of our own is between three quarters and
 * five quarters of the usual; one that the server gave is a place in its queue, so never shorter and at most a quarter longer. */
function pauseAfter(final, given, failures, chance) {
  if (given && !final) return Math.round(given * (1 + chance / 4));
  return Math.round((final ? LONGEST : Math.min(FIRST * 2 ** (failures - 1), LONGEST)) * (0.75 + chance / 2));
}

/** A revoked phone keeps its own unsent work and nothing else. */
async function forgetOthers(db) {
  const feeds = await db.read(['feeds'], (t) => t.all('feeds'));
  for (const { feed } of feeds) await dropFeed(db, feed);
}

function stateFor(code) {
  if (code === 'fork') return 'suspended';
  return code.replace(/^install_/, '');
}
