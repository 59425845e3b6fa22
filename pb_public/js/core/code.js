// Rating codes R1 (24 bytes) and codes of village plates (18 bytes). Mirrors hooks/codes.
import { concat, fromBase32, fromHex, toBase32, toHex, utf8 } from './bytes.js';

/** Kinds of code by number. */
export const KINDS = { rating: 1, document: 2, plate: 3 };
const VERSION = 1;
const SUITE = 1;
const DAY = 86400000;
const CHINA = 8 * 3600000;
/** 2024-01-01 in China, counted in days from 1970. */
const FIRST_DAY = 19723;

/** Days since 2024-01-01, China time. @param {number} ms */
export function dayOf(ms) {
  return Math.floor((ms + CHINA) / DAY) - FIRST_DAY;
}

/** The year whose key signs that day. @param {number} day */
export function yearOf(day) {
  return new Date((FIRST_DAY + day) * DAY).getUTCFullYear();
}

/** A token key that scripts cannot read back. @param {Uint8Array} raw @returns {Promise<CryptoKey>} */
export function tokenKey(raw) {
  return crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}

async function mac(key, ...parts) {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, concat(...parts)));
}

/** The 7-byte tag of a service, as hex. @param {CryptoKey} key @param {string} service */
export async function tagOf(key, service) {
  return toHex((await mac(key, utf8('cunju v1 service'), utf8(service))).slice(0, 7));
}

/** The token of a service: upper-case base32 without padding. @param {CryptoKey} key @param {{alias: string, day: number, service: string}} given alias: 8 hex */
export async function ratingToken(key, { alias, day, service }) {
  const name = fromHex(alias);
  if (!name || name.length !== 4 || day < 0 || day > 0xffff) throw new Error('alias or day');
  const tag = fromHex(await tagOf(key, service));
  const head = Uint8Array.of((VERSION << 5) | (KINDS.rating << 2) | SUITE);
  const body = concat(head, name, Uint8Array.of(day >> 8, day & 255), tag);
  const end = (await mac(key, utf8('cunju v1 token'), body)).slice(0, 10);
  return toBase32(concat(body, end)).toUpperCase();
}

/** The address in a rating code; all upper case, so that the QR stays alphanumeric. @param {string} base 'HTTPS://HOST' @param {string} token */
export function ratingUrl(base, token) {
  return base.toUpperCase().replace(/\/+$/, '') + '/R/' + token;
}

/** The parts of a token, unverified; null when it has not the form. @param {string} token */
export function readToken(token) {
  const bytes = fromBase32(token);
  if (!bytes || bytes.length !== 24) return null;
  return { version: bytes[0] >> 5, kind: (bytes[0] >> 2) & 7, suite: bytes[0] & 3, alias: toHex(bytes.slice(1, 5)),
    day: (bytes[5] << 8) | bytes[6], tag: toHex(bytes.slice(7, 14)), mac: toHex(bytes.slice(14)) };
}

/** What a village's plate says, unverified: only the node that issued it has the key. null when it is none.
 * @param {string} text @returns {{region: string, day: number, mac: string} | null} */
export function readPlate(text) {
  const bytes = fromBase32(text);
  if (!bytes || bytes.length !== 18 || bytes[0] !== ((VERSION << 5) | (KINDS.plate << 2) | SUITE)) return null;
  let number = 0;
  for (const byte of bytes.slice(1, 6)) number = number * 256 + byte; // 40 bits: exact
  const region = String(number).padStart(12, '0');
  return region.length === 12 ? { region, day: (bytes[6] << 8) | bytes[7], mac: toHex(bytes.slice(8)) } : null;
}

/** The token or plate code out of what was scanned or typed: an address or the bare text, any case, with or without gaps. @param {string} text */
export function codeIn(text) {
  const bare = text.trim().replace(/^https?:\/\/[^/]+\/[a-z]\//i, '').replace(/[\s-]/g, '').toUpperCase();
  return /^[A-Z2-7]{8,64}$/.test(bare) ? bare : '';
}

/** A code in groups of four for people to read and type. @param {string} text */
export function grouped(text) {
  return text.replace(/(.{4})(?=.)/g, '$1 ');
}
