// Pairing: a one-time code becomes a certificate. A store never resumes an identity; each pairing makes a new key.
import { fromB64, toB64 } from '../core/bytes.js';
import { tokenKey } from '../core/code.js';
import { SUITE, newKey, verifiedChain } from '../core/install.js';
import { reopen } from '../store/changes.js';
import { callJson, CallError } from './calls.js';

/** The 16 characters of a typed code (Crockford's base32): capitals, no gaps, O read as 0, I and L as 1; '' when it cannot be one. @param {string} text */
export function pairingCode(text) {
  const bare = text.normalize('NFKC').toUpperCase().replace(/[\s\-—]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(bare) ? bare : '';
}

/** Pairs this store. Work that no server has acknowledged is carried over to the new identity.
 * @param {{db: import('../store/idb.js').Db, line: import('./calls.js').Line, now: () => number}} client @param {string} code @param {string} name of this device */
export async function enrol({ db, line, now }, code, name) {
  if (!globalThis.crypto || !crypto.subtle) throw new CallError('refused', 'insecure');
  const key = await newKey();
  const began = now();
  const body = JSON.stringify({ suite: SUITE, code, key: toB64(key.public), name: name.slice(0, 60) });
  const answer = await callJson(line, '/api/sync/enrol', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  const offset = Math.round(answer.now - (began + now()) / 2);
  const certs = await verifiedChain(answer.chain, answer.now);
  if (!certs || certs[0].install !== key.id || certs[0].staff !== answer.staff.id) throw new CallError('refused', 'chain');
  const tokens = {};
  for (const [year, text] of Object.entries(answer.tokens || {})) {
    const raw = fromB64(String(text));
    if (raw) tokens[year] = await tokenKey(raw);
  }
  const identity = { key, chain: answer.chain, staff: answer.staff, regions: answer.regions, villages: certs[0].regions, readable: certs[0].regions, tokens,
    rating_base: answer.rating_base, city: cityOf(certs), exact: false, alias: certs[0].alias, epoch: answer.epoch, install_state: 'active', rn: 0, box: answer.box || null, clock: { offset, contact: answer.now } };
  await db.write(['meta', 'changes', 'batches', 'records', 'feeds'], async (t) => {
    const before = await t.get('meta', 'staff');
    if (before && before.v.id !== answer.staff.id) await clearOthers(t);
    await reopen(t);
    for (const [k, v] of Object.entries(identity)) t.put('meta', { k, v });
  }, true);
  return identity;
}

function cityOf(certs) {
  const root = certs[certs.length - 1];
  return root.kind === 'city' ? root.regions[0] : '';
}

/** Another person pairs this phone: what the first could read is not the second's to see. */
async function clearOthers(t) {
  for (const table of ['records', 'feeds']) {
    const key = table === 'records' ? 'k' : 'feed';
    for (const row of await t.all(table)) t.del(table, row[key]);
  }
}
