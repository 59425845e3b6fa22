// Where no network goes: the unsent as one file that only the office's box can open, and the answer that comes back (docs/sync.md §10).
import { boxText, boxVerified, letterId, newBoxKey, openBundle, sealBundle } from '../core/bundle.js';
import { toB64 } from '../core/bytes.js';
import { SUITE, parseCert, sign } from '../core/install.js';
import { queue, unsentBatches } from '../store/changes.js';
import { cursors } from '../store/feeds.js';
import { getMeta, putMeta } from '../store/meta.js';
import { callJson, CallError } from './calls.js';
import { takeFeeds, wanted } from './pull.js';
import { bodyText, keepVerified } from './push.js';

/** What one section of a file carries, like one request. */
const PER_SECTION = 50;

/** Where files for the office go. It comes with the pairing; a phone that was paired before that asks, if there is a network. @param {import('./pull.js').Client} client */
async function officeBox(client) {
  const { box, chain } = await getMeta(client.db, ['box', 'chain']);
  if (await believed(box, chain)) return box;
  const hello = await callJson(client.line, '/api/sync/hello').catch(() => ({ box: null }));
  if (!(await believed(hello.box, chain))) throw new CallError('refused', 'no_box');
  await putMeta(client.db, { box: hello.box });
  return hello.box;
}

async function believed(box, chain) {
  const cert = box && chain.slice(1).map(parseCert).find((c) => c && c.install === box.install);
  return Boolean(cert) && boxVerified(box, cert);
}

/** The unsent as a file. Nothing changes here until the answer is brought. Throws 'no_box' when this phone never learned its office's. @param {import('./pull.js').Client} client @returns {Promise<Uint8Array>} */
export async function exportUnsent(client) {
  const box = await officeBox(client);
  const { key, chain, rn } = await getMeta(client.db, ['key', 'chain', 'rn']);
  const stands = await cursors(client.db, await wanted(client));
  const { unsent } = await queue(client.db);
  const ask = [...stands.map((f) => `f=${f.feed},${f.epoch},${f.seq}`), `receipts=${rn || 0}`, `unsent=${unsent}`].join('&');
  const batches = await unsentBatches(client.db, key.id);
  const sections = [];
  for (let i = 0; i < batches.length; i += PER_SECTION) sections.push(bodyText(chain.slice(0, -1), batches.slice(i, i + PER_SECTION)));
  const own = { suite: SUITE, install: key.id, key: toB64((await boxKey(client)).public), sig: '' };
  own.sig = await sign(key, boxText(own));
  return sealBundle(box, { kind: 'push', id: letterId(), at: client.now(), cert: chain[0], box: own, ask }, (text) => sign(key, text), sections);
}

/** The key for answers: made once, the private half stays in the browser. */
async function boxKey({ db }) {
  const { box_key: had } = await getMeta(db, ['box_key']);
  if (had) return had;
  const made = await newBoxKey();
  await putMeta(db, { box_key: made }, true);
  return made;
}

/** Takes the answer to a file. An old one sets nothing back: receipts are only added, a feed only where it stands as it was asked.
 * @param {import('./pull.js').Client} client @param {Uint8Array} file @returns {Promise<number>} receipts that were taken */
export async function importAnswer(client, file) {
  const { chain, city_chain: above } = await getMeta(client.db, ['chain', 'city_chain']);
  const { letter, cert, sections } = await openBundle(file, await boxKey(client));
  const known = [...chain.slice(1), ...(above || [])].map(parseCert);
  if (letter.kind !== 'answer' || !known.some((c) => c && c.install === cert.install && c.key === cert.key)) throw new Error('stranger');
  const lines = sections.map((section) => section.split('\n').filter(Boolean).map((text) => JSON.parse(text)));
  let taken = 0;
  for (const { receipt, rn } of lines.flat()) {
    if (receipt && !rn && (await keepVerified(client.db, [...chain, ...(above || [])], receipt))) taken++;
  }
  const asked = new Map((letter.ask || '').split('&').filter((p) => p.startsWith('f=')).map((p) => p.slice(2).split(',')).map(([feed, epoch, seq]) => [feed, epoch + ' ' + seq]));
  const stands = (await cursors(client.db, [...asked.keys()])).filter((f) => asked.get(f.feed) === f.epoch + ' ' + f.seq);
  for (const section of lines.slice(1)) await takeFeeds(client, section, stands.map((f) => f.feed));
  return taken;
}
