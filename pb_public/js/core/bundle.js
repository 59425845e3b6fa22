// One encrypted file for the protocol's lines (docs/sync.md §10): made for a box, opened with a key. Mirrors sync/bundle.
import { concat, fromB64, random, toB64, utf8 } from './bytes.js';
import { SUITE, keyOf, named, parseCert, title, verify } from './install.js';
import { sha256 } from './sha256.js';

/** Bytes of plain text in one frame. */
const FRAME = 65536;
const TAG = 16;
const CURVE = { name: 'ECDH', namedCurve: 'P-256' };
const MAX_FILE = 32 * 1024 * 1024;
const MAX_PLAIN = 128 * 1024 * 1024;

/** @typedef {{suite: string, install: string, key: string, sig: string}} Box where files for an install go */
/** @typedef {{kind: 'push'|'answer', id: string, re?: string, at: number, cert: string, box?: Box, ask?: string, more?: boolean, sig?: string}} Letter */

/** What a box's install signs. @param {Box} box @param {string} [suite] of the install's key */
export function boxText(box, suite) {
  return [title('cunju box v1', suite), box.suite, box.install, box.key].join('\n');
}

/** Whether a box is that of the install of this certificate. @param {Box} box @param {import('./install.js').Cert} cert */
export function boxVerified(box, cert) {
  if (!box || box.suite !== SUITE || box.install !== cert.install) return Promise.resolve(false);
  return verify(keyOf(cert), boxText(box, cert.suite), box.sig, cert.suite);
}

/** What a letter signs: the header, and so the key of all that follows. @param {Letter} l @param {string} header @param {string} [suite] */
export function letterText(l, header, suite) {
  return [title('cunju bundle v1', suite), toB64(sha256(utf8(header))), l.kind, l.id, l.re || '', l.at, l.cert, l.box ? l.box.key : '', l.ask || '', Boolean(l.more)].join('\n');
}

/** A key pair for files that are for this phone; the private half stays in the browser. */
export async function newBoxKey() {
  const pair = await crypto.subtle.generateKey(CURVE, false, ['deriveBits']);
  return { privateKey: pair.privateKey, public: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)) };
}

/** A new letter's id. */
export function letterId() {
  return toB64(random(16));
}

/** The file. `once` is a key pair used for this file alone; tests give a known one.
 * @param {Box} to verified before @param {Letter} letter @param {(text: string) => Promise<string>} sign @param {string[]} sections each of whole lines
 * @param {{privateKey: CryptoKey, public: Uint8Array}} [once] @returns {Promise<Uint8Array>} */
export async function sealBundle(to, letter, sign, sections, once) {
  const own = once || (await newBoxKey());
  const box = fromB64(to.key) || new Uint8Array(0);
  const header = JSON.stringify({ bundle: 1, suite: SUITE, to: to.install, box: toB64(sha256(box).slice(0, 8)), key: toB64(own.public) });
  const key = await frameKey(own.privateKey, box, header, 'encrypt');
  const signed = { ...letter, sig: await sign(letterText(letter, header)) };
  const plain = await packed([JSON.stringify(signed) + '\n', ...sections].join('\n') + '\n');
  const parts = [utf8(header + '\n')];
  for (let n = 0; n === 0 || n * FRAME < plain.length; n++) {
    const last = (n + 1) * FRAME >= plain.length;
    parts.push(new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce(n, last) }, key, plain.subarray(n * FRAME, (n + 1) * FRAME))));
  }
  return concat(...parts);
}

/** Opens a file for this key; every byte is checked before anything is handed out. Throws 'unreadable', 'suite', 'bundle_receiver', 'signature', 'too_large'.
 * @param {Uint8Array} file @param {{privateKey: CryptoKey, public: Uint8Array}} own @returns {Promise<{letter: Letter, cert: import('./install.js').Cert, sections: string[]}>} */
export async function openBundle(file, own) {
  if (file.length > MAX_FILE) throw new Error('too_large');
  const end = file.subarray(0, 512).indexOf(10);
  const header = end < 0 ? '' : new TextDecoder().decode(file.subarray(0, end));
  const head = parsed(header);
  if (!head || head.bundle !== 1) throw new Error('unreadable');
  if (head.suite !== SUITE) throw new Error('suite');
  if (head.box !== toB64(sha256(own.public).slice(0, 8))) throw new Error('bundle_receiver');
  const sender = typeof head.key === 'string' ? fromB64(head.key) : null;
  if (!sender) throw new Error('unreadable');
  const text = await unpacked(await decrypted(file.subarray(end + 1), own, sender, header));
  const [first, ...sections] = text.split('\n\n');
  const letter = parsed(first);
  const cert = letter && typeof letter.cert === 'string' ? parseCert(letter.cert) : null;
  if (!cert || !(await verify(keyOf(cert), letterText(letter, header, cert.suite === SUITE ? undefined : cert.suite), letter.sig, named(cert.suite)))) throw new Error('signature');
  return { letter, cert, sections: sections.filter((s) => s.trim()) };
}

async function decrypted(body, own, sender, header) {
  try {
    const key = await frameKey(own.privateKey, sender, header, 'decrypt');
    const parts = [];
    for (let n = 0, at = 0; at < body.length; n++, at += FRAME + TAG) {
      const last = at + FRAME + TAG >= body.length;
      parts.push(new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce(n, last) }, key, body.subarray(at, at + FRAME + TAG))));
    }
    return concat(...parts);
  } catch (err) {
    throw new Error('unreadable');
  }
}

async function frameKey(privateKey, other, header, use) {
  const pub = await crypto.subtle.importKey('raw', other, CURVE, false, []);
  const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: pub }, privateKey, 256);
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: sha256(utf8(header)), info: utf8('cunju bundle v1') };
  return crypto.subtle.deriveKey(how, base, { name: 'AES-GCM', length: 256 }, false, [use]);
}

function nonce(n, last) {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(7, n);
  iv[11] = last ? 1 : 0;
  return iv;
}

async function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function unpacked(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      size += value.length;
      if (size > MAX_PLAIN) throw new Error('too_large');
      text += decoder.decode(value, { stream: true });
    }
  } catch (err) {
    throw new Error(err.message === 'too_large' ? 'too_large' : 'unreadable');
  }
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch (err) {
    return null;
  }
}
