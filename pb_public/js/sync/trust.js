// Whose receipts count. The township's certificate came with the pairing; a city that the township joined later is met once and kept.
import { parseCert, verifiedChain } from '../core/install.js';
import { getMeta, putMeta } from '../store/meta.js';
import { callJson } from './calls.js';

/** The chain of this install, completed by the server's own when it names a city that is not known yet.
 * @param {{db: import('../store/idb.js').Db, line: import('./calls.js').Line, now: () => number}} client @param {string} server who signed */
export async function trustedChain(client, server) {
  const { chain, city_chain: above } = await getMeta(client.db, ['chain', 'city_chain']);
  const texts = [...chain, ...(above || [])];
  if (names(texts).has(server) || above) return { texts, known: names(texts) };
  const hello = await callJson(client.line, '/api/sync/hello');
  const certs = await verifiedChain(hello.chain, hello.now);
  const own = chain.map(parseCert).filter(Boolean);
  const root = own[own.length - 1];
  // Only a township that was its own root may name a city, and only its own key speaks for it.
  const joined = certs && root.kind === 'township' && certs[0].install === root.install && certs[certs.length - 1].kind === 'city';
  if (!joined) return { texts, known: names(texts) };
  const found = hello.chain.slice(1);
  await putMeta(client.db, { city_chain: found, city: certs[certs.length - 1].regions[0] });
  return { texts: [...chain, ...found], known: names([...chain, ...found]) };
}

function names(texts) {
  return new Set(texts.map(parseCert).filter(Boolean).slice(1).map((c) => c.install));
}
