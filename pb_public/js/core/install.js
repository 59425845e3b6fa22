// Who speaks: install ids, certificates, signed requests (docs/sync.md §2, §7). Mirrors sync/install.
import { concat, fromB64, random, toB64, toBase32, utf8 } from './bytes.js';
import { sha256 } from './sha256.js';
import { sm2Verified, sm3 } from './sm.js';

/** The suite of a phone's own key: what every browser can keep and use without showing it. */
export const SUITE = 'std';
/** The suite of a statement that names none. @param {string|undefined} suite */
export const named = (suite) => (suite === undefined ? SUITE : suite);
/** First line of a signed text. @param {string} kind @param {string} [suite] */
export const title = (kind, suite) => (named(suite) === SUITE ? kind : kind + ' ' + suite);

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const HASHED = { name: 'ECDSA', hash: 'SHA-256' };

/** @typedef {{v: number, suite: string, install: string, key: string, kind: string, staff: string, name: string, regions: string[], alias: string, from: number, until: number, issuer: string, no: number, signed?: string}} Cert */
/** @typedef {{id: string, public: Uint8Array, privateKey: CryptoKey}} Key */

/** The id that belongs to a 65-byte public key. @param {Uint8Array} key @param {string} [suite] */
export function installId(key, suite = SUITE) {
  return toBase32((suite === 'gm' ? sm3 : sha256)(concat(utf8('cunju install v1\n'), key)).slice(0, 10));
}

/** A key pair whose private half never leaves the platform. @returns {Promise<Key>} */
export async function newKey() {
  const pair = await crypto.subtle.generateKey(CURVE, false, ['sign', 'verify']);
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { id: installId(raw), public: raw, privateKey: pair.privateKey };
}

/** Signature r‖s over a text. @param {Key} key @param {string} text */
export async function sign(key, text) {
  return toB64(new Uint8Array(await crypto.subtle.sign(HASHED, key.privateKey, utf8(text))));
}

/** Whether a signature of a text is right. @param {Uint8Array} key @param {string} text @param {string} sig @param {string} [suite] */
export async function verify(key, text, sig, suite = SUITE) {
  const bytes = typeof sig === 'string' ? fromB64(sig) : null;
  if (!bytes || bytes.length !== 64 || key.length !== 65) return false;
  if (suite === 'gm') return sm2Verified(key, text, bytes);
  if (suite !== SUITE) return false;
  try {
    const pub = await crypto.subtle.importKey('raw', key, CURVE, false, ['verify']);
    return await crypto.subtle.verify(HASHED, pub, bytes, utf8(text));
  } catch (err) {
    return false;
  }
}

const known = (suite) => suite === SUITE || suite === 'gm';

/** Reads a certificate and checks that its id belongs to its key; null otherwise. The signature needs the issuer: certifiedBy. @param {string} text @returns {Cert|null} */
export function parseCert(text) {
  const [body, , extra] = text.split('.');
  const payload = extra === undefined && text.length <= 16384 ? fromB64(body) : null;
  if (!payload) return null;
  let cert;
  try { cert = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)); } catch (err) { return null; }
  const key = cert && typeof cert.key === 'string' ? fromB64(cert.key) : null;
  if (!key || cert.v !== 1 || !known(cert.suite) || !known(named(cert.signed)) || cert.signed === SUITE || installId(key, cert.suite) !== cert.install) return null;
  return Array.isArray(cert.regions) && cert.regions.length > 0 && cert.regions.length <= 100 ? cert : null;
}

/** The certificate when its issuer signed it, may certify, covers its regions, and now lies inside its dates; else null.
 * @param {string} text @param {Cert} issuer @param {number} now */
export async function certifiedBy(text, issuer, now) {
  const cert = parseCert(text);
  if (!cert || cert.issuer !== issuer.install || named(cert.signed) !== issuer.suite || now > cert.until || now < cert.from) return null;
  if (issuer.kind !== 'township' && issuer.kind !== 'city') return null;
  if (!cert.regions.every((code) => covers(issuer.regions[0], code))) return null;
  const [body, sig] = text.split('.');
  return (await verify(keyOf(issuer), 'cunju cert v1\n' + body, sig, issuer.suite)) ? cert : null;
}

/** The certificates of a chain [own, issuer, …, root] when each is signed by the next and the root by itself; else null.
 * A phone meets its root at enrolment and trusts that install from then on: `root` is its id when already known.
 * @param {string[]} chain @param {number} now @param {string} [root] @returns {Promise<Cert[]|null>} */
export async function verifiedChain(chain, now, root) {
  if (!Array.isArray(chain) || chain.length === 0 || chain.length > 4) return null;
  const certs = [];
  for (const [i, text] of chain.entries()) {
    const issuer = parseCert(chain[i + 1] === undefined ? text : chain[i + 1]);
    const cert = issuer && (await certifiedBy(text, issuer, now));
    if (!cert) return null;
    certs.push(cert);
  }
  return root && certs[certs.length - 1].install !== root ? null : certs;
}

/** The decoded key of a certificate. @param {Cert} cert */
export function keyOf(cert) {
  return fromB64(cert.key) || new Uint8Array(0);
}

/** Whether a 12-digit code lies at or under another. @param {string} outer @param {string} code */
export function covers(outer, code) {
  return outer.length === 12 && code.length === 12 && code.startsWith(prefix(outer));
}

/** A code without the zeros that say nothing. @param {string} code */
export function prefix(code) {
  const end = [2, 4, 6, 9].find((n) => /^0*$/.test(code.slice(n)));
  return end === undefined ? code : code.slice(0, end);
}

/** What a reading call signs. @param {string} method @param {string} uri path and query as sent @param {number} ms @param {string} nonce */
export function requestText(method, uri, ms, nonce) {
  return ['cunju request v1', method, uri, ms, nonce].join('\n');
}

/** The Authorization header of a call. @param {Key} key @param {string} method @param {string} uri @param {number} ms */
export async function authorization(key, method, uri, ms) {
  const nonce = toB64(random(9));
  return `Cunju ${key.id}.${ms}.${nonce}.${await sign(key, requestText(method, uri, ms, nonce))}`;
}
