// Numbers that people type: identity numbers (GB 11643-1999), telephone numbers, region codes. Answers carry a message key.

/** @typedef {{ok: boolean, value: string, reason?: string}} Checked */

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const MARKS = '10X98765432';
const PROVINCES = '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91'.split(' ');

/** Full-width to half-width, no blanks and no invisible characters. @param {string} text */
export function folded(text) {
  return text.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[\s\u3000\u200b-\u200f\u2060\ufeff]/g, '');
}

/** An identity number; the 15-digit form is completed with the century 19. @param {string} text @param {number} [now] @returns {Checked} */
export function idNumber(text, now) {
  let value = folded(text).toUpperCase();
  const no = (reason) => ({ ok: false, value, reason });
  if (value.length !== 18 && value.length !== 15) return no('id_length');
  if (!/^(\d{15}|\d{17}[\dX])$/.test(value)) return no('id_charset');
  if (value.length === 15) {
    const long = value.slice(0, 6) + '19' + value.slice(6);
    value = long + mark(long);
  }
  if (!PROVINCES.includes(value.slice(0, 2))) return no('id_area');
  if (!isDate(value.slice(6, 14), now === undefined ? Date.now() : now)) return no('id_date');
  return mark(value) === value[17] ? { ok: true, value } : no('id_check_digit');
}

function mark(digits) {
  return MARKS[WEIGHTS.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0) % 11];
}

function isDate(eight, now) {
  const [y, m, d] = [eight.slice(0, 4), eight.slice(4, 6), eight.slice(6)].map(Number);
  const date = new Date(Date.UTC(y, m - 1, d));
  return y >= 1850 && date.getUTCMonth() === m - 1 && date.getUTCDate() === d && date.getTime() <= now;
}

/** A mobile, landline or short service number. @param {string} text @returns {Checked} */
export function phone(text) {
  const bare = folded(text).replace(/[-()]/g, '');
  const value = bare.replace(/^(\+|00)?86(?=1\d{10}$)/, '');
  if (!/^\d+$/.test(value)) return { ok: false, value, reason: 'phone_charset' };
  if (/^(12348|12345|12309|12338|12315|12333|110|119|120)$/.test(value)) return { ok: true, value };
  const land = /^(010|02\d|0[3-9]\d\d)([2-9]\d{6,7})$/.exec(value);
  if (land && (land[1].length === 4 || land[2].length === 8)) return { ok: true, value: land[1] + '-' + land[2] };
  if (value.length !== 11) return { ok: false, value, reason: 'phone_length' };
  return /^1(3\d|4[5-9]|5[0-35-9]|6[25-7]|7[0-8]|8\d|9[0-35-9])/.test(value) ? { ok: true, value } : { ok: false, value, reason: 'phone_prefix' };
}

/** A 12-digit region code. @param {string} text @returns {Checked} */
export function regionCode(text) {
  const value = folded(text);
  const ok = /^\d{12}$/.test(value) && PROVINCES.includes(value.slice(0, 2));
  return ok ? { ok, value } : { ok, value, reason: 'region_code' };
}

/** The first digits and the last, the rest hidden. @param {string} text */
export function masked(text) {
  if (text.length < 7) return text.replace(/./gu, '*');
  return text.slice(0, 3) + '*'.repeat(text.length - 7) + text.slice(-4);
}
