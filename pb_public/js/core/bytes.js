// Text forms of bytes: base64url without padding, base32, hex. Works in browsers and under node.

const encoder = new TextEncoder();
const B64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const B32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** UTF-8 bytes of a text. @param {string} text @returns {Uint8Array} */
export function utf8(text) {
  return encoder.encode(text);
}

/** One array after another. @param {...Uint8Array} parts */
export function concat(...parts) {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Base64url without padding. @param {Uint8Array} bytes */
export function toB64(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i] << 16) | ((bytes[i + 1] || 0) << 8) | (bytes[i + 2] || 0);
    text += B64[n >> 18] + B64[(n >> 12) & 63];
    if (i + 1 < bytes.length) text += B64[(n >> 6) & 63];
    if (i + 2 < bytes.length) text += B64[n & 63];
  }
  return text;
}

/** Reads base64url without padding; null when it is not the one form of its bytes. @param {string} text @returns {Uint8Array|null} */
export function fromB64(text) {
  const bytes = read(text, B64, 6);
  return bytes && toB64(bytes) === text ? bytes : null;
}

/** Base32, lower case, without padding. @param {Uint8Array} bytes */
export function toBase32(bytes) {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += B32[(held >> bits) & 31];
    }
  }
  return bits ? text + B32[(held << (5 - bits)) & 31] : text;
}

/** Reads base32 of either case; null when it is not the one form of its bytes. @param {string} text */
export function fromBase32(text) {
  const lower = text.toLowerCase();
  const bytes = read(lower, B32, 5);
  return bytes && toBase32(bytes) === lower ? bytes : null;
}

function read(text, alphabet, width) {
  const out = new Uint8Array(Math.floor((text.length * width) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    const value = alphabet.indexOf(letter);
    if (value < 0) return null;
    held = ((held << width) | value) & 0x3fff;
    bits += width;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (held >> bits) & 255;
    }
  }
  return out;
}

/** Lower-case hex. @param {Uint8Array} bytes */
export function toHex(bytes) {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

/** Reads hex; null when it is none. @param {string} text */
export function fromHex(text) {
  if (!/^([0-9a-f]{2})*$/i.test(text)) return null;
  return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
}

/** Random bytes of the platform. @param {number} n */
export function random(n) {
  return globalThis.crypto.getRandomValues(new Uint8Array(n));
}
