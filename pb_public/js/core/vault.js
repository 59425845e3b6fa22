// The lock of a person's store: a random data key, wrapped by what the PIN and a key of this browser give together. WebCrypto only.
import { concat, random, utf8 } from './bytes.js';

/** Characters that a PIN has at least; a passphrase counts as well. */
export const PIN_MIN = 6;
/** Rounds below which no lock is made, whatever the phone's speed. */
export const ROUNDS_MIN = 600000;
const ROUNDS_MAX = 6000000;
const AES = 'AES-GCM';
const NONCE = 12;

/** device: HMAC key that the browser does not give out; wrapped: the data key under the key that both make.
 * @typedef {{v: number, salt: Uint8Array, rounds: number, iv: Uint8Array, wrapped: ArrayBuffer, device: CryptoKey}} Lock */
/** Seals and opens bytes; `place` says where they belong, so that sealed values cannot be exchanged.
 * @typedef {{seal(bytes: Uint8Array, place: string): Promise<Uint8Array>, open(sealed: Uint8Array, place: string): Promise<Uint8Array>}} Box */

/** Why a PIN is refused: 'short', 'easy', or '' for a good one. @param {string} pin */
export function pinFault(pin) {
  if (pin.length < PIN_MIN) return 'short';
  const steps = new Set(Array.from(pin.slice(1), (c, i) => c.charCodeAt(0) - pin.charCodeAt(i)));
  return steps.size === 1 && Math.abs([...steps][0]) <= 1 || new Set(pin).size < 3 ? 'easy' : '';
}

/** Rounds that take about `goal` ms on this phone. @param {number} [goal] @param {() => number} [clock] */
export async function calibrated(goal = 600, clock = () => performance.now()) {
  const trial = 60000;
  await stretched('warm', new Uint8Array(16), 1000);
  const began = clock();
  await stretched('trial', new Uint8Array(16), trial);
  const rounds = Math.round((trial * goal) / Math.max(clock() - began, 1));
  return Math.min(Math.max(rounds, ROUNDS_MIN), ROUNDS_MAX);
}

/** A new data key behind a PIN. @param {string} pin @param {number} rounds @returns {Promise<{lock: Lock, box: Box}>} */
export async function newLock(pin, rounds) {
  const data = await crypto.subtle.generateKey({ name: AES, length: 256 }, true, ['encrypt', 'decrypt']);
  const lock = await wrapped(data, pin, rounds);
  const box = await openLock(lock, pin);
  if (!box) throw new Error('lock');
  return { lock, box };
}

/** The box behind a lock, or null when the PIN is wrong. @param {Lock} lock @param {string} pin @returns {Promise<Box|null>} */
export async function openLock(lock, pin) {
  const key = await unwrapped(lock, pin, false);
  return key && boxOf(key);
}

/** The same data key behind another PIN; null when the old one is wrong. @param {Lock} lock @param {string} old @param {string} pin @param {number} rounds @returns {Promise<Lock|null>} */
export async function changedLock(lock, old, pin, rounds) {
  const key = await unwrapped(lock, old, true);
  return key && wrapped(key, pin, rounds);
}

/** Milliseconds to wait after so many wrong PINs in a row: none for four, then 30 s, doubling up to a day. @param {number} fails */
export function pauseAfterWrong(fails) {
  return fails < 5 ? 0 : Math.min(30000 * 2 ** (fails - 5), 86400000);
}

async function wrapped(data, pin, rounds) {
  const device = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']);
  const salt = random(16);
  const iv = random(NONCE);
  const key = await wrapping(pin, salt, rounds, device, 'wrapKey');
  return { v: 1, salt, rounds, iv, wrapped: await crypto.subtle.wrapKey('raw', data, key, { name: AES, iv }), device };
}

async function unwrapped(lock, pin, extractable) {
  const key = await wrapping(pin, lock.salt, lock.rounds, lock.device, 'unwrapKey');
  try {
    return await crypto.subtle.unwrapKey('raw', lock.wrapped, key, { name: AES, iv: lock.iv }, { name: AES, length: 256 }, extractable, ['encrypt', 'decrypt']);
  } catch (err) {
    return null;
  }
}

async function wrapping(pin, salt, rounds, device, use) {
  const slow = await stretched(pin.normalize('NFKC'), salt, rounds);
  const both = await crypto.subtle.sign('HMAC', device, slow);
  return crypto.subtle.importKey('raw', both, AES, false, [use]);
}

async function stretched(pin, salt, rounds) {
  const base = await crypto.subtle.importKey('raw', utf8(pin), 'PBKDF2', false, ['deriveBits']);
  return crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }, base, 256);
}

/** @param {CryptoKey} key @returns {Box} */
function boxOf(key) {
  return {
    async seal(bytes, place) {
      const iv = random(NONCE);
      return concat(iv, new Uint8Array(await crypto.subtle.encrypt({ name: AES, iv, additionalData: utf8(place) }, key, bytes)));
    },
    async open(sealed, place) {
      const iv = sealed.subarray(0, NONCE);
      return new Uint8Array(await crypto.subtle.decrypt({ name: AES, iv, additionalData: utf8(place) }, key, sealed.subarray(NONCE)));
    },
  };
}
