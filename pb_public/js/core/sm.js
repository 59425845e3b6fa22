// SM3 and the checking of SM2 signatures (GB/T 32905, GB/T 32918), for servers of the suite gm. Nothing secret is computed here, so it need not take constant time.
import { concat, utf8 } from './bytes.js';

const rotl = (x, n) => ((x << (n % 32)) | (x >>> (32 - (n % 32)))) >>> 0;

/** SM3 of bytes. @param {Uint8Array} data @returns {Uint8Array} 32 bytes */
export function sm3(data) {
  const length = (Math.floor((data.length + 8) / 64) + 1) * 64;
  const block = new Uint8Array(length);
  block.set(data);
  block[data.length] = 0x80;
  const view = new DataView(block.buffer);
  view.setUint32(length - 8, Math.floor(data.length / 0x20000000));
  view.setUint32(length - 4, (data.length << 3) >>> 0);
  const v = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
  for (let at = 0; at < length; at += 64) compress(v, view, at);
  const out = new Uint8Array(32);
  v.forEach((word, i) => new DataView(out.buffer).setUint32(i * 4, word));
  return out;
}

function compress(v, view, at) {
  const w = [];
  for (let i = 0; i < 16; i++) w.push(view.getUint32(at + i * 4));
  for (let i = 16; i < 68; i++) {
    const x = (w[i - 16] ^ w[i - 9] ^ rotl(w[i - 3], 15)) >>> 0;
    w.push((x ^ rotl(x, 15) ^ rotl(x, 23) ^ rotl(w[i - 13], 7) ^ w[i - 6]) >>> 0);
  }
  let [a, b, c, d, e, f, g, h] = v;
  for (let i = 0; i < 64; i++) {
    const ss1 = rotl((rotl(a, 12) + e + rotl(i < 16 ? 0x79cc4519 : 0x7a879d8a, i)) >>> 0, 7);
    const ff = i < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = i < 16 ? e ^ f ^ g : (e & f) | (~e & g);
    const tt1 = (ff + d + ((ss1 ^ rotl(a, 12)) >>> 0) + (w[i] ^ w[i + 4])) >>> 0;
    const tt2 = (gg + h + ss1 + w[i]) >>> 0;
    [a, b, c, d, e, f, g, h] = [tt1, a, rotl(b, 9), c, (tt2 ^ rotl(tt2, 9) ^ rotl(tt2, 17)) >>> 0, e, rotl(f, 19), g];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => { v[i] = (v[i] ^ word) >>> 0; });
}

const P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFFn;
const A = P - 3n;
const B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93n;
const N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123n;
const GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7n;
const GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0n;
const USER = utf8('1234567812345678');

/** @typedef {[bigint, bigint, bigint]} Point */

/** @param {bigint} x @param {bigint} m */
const mod = (x, m) => ((x % m) + m) % m;
/** @param {Uint8Array} bytes @returns {bigint} */
const number = (bytes) => Array.from(bytes, BigInt).reduce((n, byte) => (n << 8n) | byte, 0n);

/** @param {bigint} n */
function bytesOf(n) {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((n >> BigInt(8 * (31 - i))) & 0xffn));
}

/** @param {bigint} x @param {bigint} m */
function inverse(x, m) {
  let [a, b, u, v] = [mod(x, m), m, 1n, 0n];
  while (a > 1n) {
    const q = b / a;
    [a, b, u, v] = [b % a, a, v - q * u, u];
  }
  return mod(u, m);
}

// Points are [X, Y, Z] with x = X/Z², y = Y/Z³; Z = 0 is the point at infinity.
/** @param {Point} p @returns {Point} */
function twice([x, y, z]) {
  if (!z || !y) return [1n, 1n, 0n];
  const yy = mod(y * y, P);
  const s = mod(4n * x * yy, P);
  const m = mod(3n * x * x + A * mod(z * z, P) ** 2n, P);
  const x3 = mod(m * m - 2n * s, P);
  return [x3, mod(m * (s - x3) - 8n * yy * yy, P), mod(2n * y * z, P)];
}

/** @param {Point} p @param {Point} q @returns {Point} */
function plus(p, q) {
  if (!p[2]) return q;
  if (!q[2]) return p;
  const [pz, qz] = [mod(p[2] * p[2], P), mod(q[2] * q[2], P)];
  const [u1, u2] = [mod(p[0] * qz, P), mod(q[0] * pz, P)];
  const [s1, s2] = [mod(p[1] * qz * q[2], P), mod(q[1] * pz * p[2], P)];
  if (u1 === u2) return s1 === s2 ? twice(p) : [1n, 1n, 0n];
  const h = mod(u2 - u1, P);
  const r = mod(s2 - s1, P);
  const hh = mod(h * h, P);
  const x3 = mod(r * r - hh * h - 2n * u1 * hh, P);
  return [x3, mod(r * (u1 * hh - x3) - s1 * hh * h, P), mod(h * p[2] * q[2], P)];
}

/** a·G + b·Q in one run. @param {bigint} a @param {bigint} b @param {Point} q */
function combine(a, b, q) {
  const g = /** @type {Point} */ ([GX, GY, 1n]);
  const both = plus(g, q);
  let sum = /** @type {Point} */ ([1n, 1n, 0n]);
  for (let i = 255n; i >= 0n; i--) {
    sum = twice(sum);
    const [x, y] = [(a >> i) & 1n, (b >> i) & 1n];
    if (x || y) sum = plus(sum, x && y ? both : x ? g : q);
  }
  return sum;
}

/** Whether r‖s over a text is right. @param {Uint8Array} key 65-byte point @param {string} text @param {Uint8Array} sig 64 bytes */
export function sm2Verified(key, text, sig) {
  if (key.length !== 65 || key[0] !== 4 || sig.length !== 64) return false;
  const [x, y, r, s] = [key.slice(1, 33), key.slice(33), sig.slice(0, 32), sig.slice(32)].map(number);
  if (x >= P || y >= P || mod(y * y - (x * x * x + A * x + B), P) !== 0n) return false;
  if (r < 1n || r >= N || s < 1n || s >= N || (r + s) % N === 0n) return false;
  const za = sm3(concat(Uint8Array.of(0, USER.length * 8), USER, ...[A, B, GX, GY, x, y].map(bytesOf)));
  const e = number(sm3(concat(za, utf8(text))));
  const point = combine(s, (r + s) % N, [x, y, 1n]);
  if (!point[2]) return false;
  return mod(e + mod(point[0] * inverse(mod(point[2] * point[2], P), P), P), N) === r;
}
