// The certificate lasts 60 days and is renewed at contact: same key, same id, the villages and keys of now. A renewal that fails is tried again next time.
import { fromB64 } from '../core/bytes.js';
import { tokenKey } from '../core/code.js';
import { parseCert, verifiedChain } from '../core/install.js';
import { getMeta, putMeta } from '../store/meta.js';
import { callJson, CallError } from './calls.js';
import { signed } from './signed.js';

const AFTER = 30 * 86400000;

/** Whether the closing line of a feed's answer, or the certificate's age, asks for a new one.
 * @param {{now: number, renew?: boolean, state?: string}} closing @param {string} cert */
export function renewalDue(closing, cert) {
  const own = parseCert(cert);
  return closing.state === 'active' && Boolean(own) && (closing.renew === true || closing.now - own.from > AFTER);
}

/** Renews when it is due. Returns whether there is a new certificate, so that new villages can be read.
 * @param {import('./pull.js').Client} client */
export async function renew(client) {
  const { renew_due: due } = await getMeta(client.db, ['renew_due']);
  if (!due) return false;
  await putMeta(client.db, { renew_due: false });
  try {
    const answer = await signed(client, '/api/sync/renew', (path, init) => callJson(client.line, path, init), 'POST');
    return await take(client, answer);
  } catch (err) {
    if (err instanceof CallError) return false;
    throw err;
  }
}

async function take({ db }, answer) {
  const { key, chain, staff } = await getMeta(db, ['key', 'chain', 'staff']);
  const certs = await verifiedChain(answer.chain, answer.now);
  const issuers = chain.slice(1).map(parseCert).filter(Boolean).map((c) => c.install);
  // Only for this key and person, and only from a server that was believed before.
  if (!certs || certs[0].install !== key.id || certs[0].staff !== staff.id || !issuers.includes(certs[0].issuer)) return false;
  const villages = answer.regions.map((r) => r.code).filter((code) => certs[0].regions.includes(code));
  const tokens = {};
  for (const [year, text] of Object.entries(answer.tokens || {})) {
    const raw = fromB64(String(text));
    if (raw) tokens[year] = await tokenKey(raw);
  }
  const root = certs[certs.length - 1];
  await putMeta(db, { chain: answer.chain, regions: answer.regions, villages, readable: villages, tokens, alias: certs[0].alias, exact: false,
    rating_base: answer.rating_base, ...(root.kind === 'city' ? { city: root.regions[0] } : {}) });
  return true;
}
