// The arithmetic of the city's pictures. Pure: the drawing lies beside it.

/** Rows from the largest to the smallest; hidden ones last. @param {Record<string, {n: number, verified: number, few: boolean}>} cells @param {(code: string) => string} name */
export function ranked(cells, name) {
  return Object.keys(cells || {}).map((code) => ({ code, name: name(code), ...cells[code] }))
    .sort((a, b) => Number(a.few) - Number(b.few) || b.n - a.n || a.code.localeCompare(b.code));
}

/** The share of a bar in per cent, never so small that it cannot be seen. @param {number} n @param {number} most */
export function share(n, most) {
  if (!n || !most) return 0;
  return Math.max(0.8, Math.round((n / most) * 1000) / 10);
}

/** Which of four shades a cell gets; 0 for none. @param {number} n @param {number} most */
export function shade(n, most) {
  if (!n || !most) return 0;
  return Math.min(4, 1 + Math.floor((n / most) * 3.999));
}

/** The twelve months up to one, with zero where nothing was counted. @param {string} month YYYY-MM @param {{month: string, n: number}[]} counted */
export function course(month, counted) {
  const known = new Map(counted.map((m) => [m.month, m.n]));
  const [year, index] = month.split('-').map(Number);
  return Array.from({ length: 12 }, (_, i) => {
    const at = new Date(Date.UTC(year, index - 1 - 11 + i, 1)).toISOString().slice(0, 7);
    return { month: at, n: known.get(at) || 0 };
  });
}

/** A month as the months' picker knows it. @param {string} [text] @param {number} [now] */
export function monthOf(text, now = Date.now()) {
  return text && /^\d{4}-(0[1-9]|1[0-2])$/.test(text) ? text : new Date(now + 8 * 3600 * 1000).toISOString().slice(0, 7);
}

/** How worried to be about a township. @param {{seen_at: number}} lag @param {number} now */
export function lagLevel(lag, now) {
  const days = (now - lag.seen_at) / 86400000;
  return !lag.seen_at || days > 7 ? 'bad' : days > 1 ? 'warn' : 'good';
}

/** Rows in two columns when one would be taller than a screen. @template T @param {T[]} rows @returns {T[][]} */
export function columns(rows) {
  if (rows.length <= 16) return [rows];
  const half = Math.ceil(rows.length / 2);
  return [rows.slice(0, half), rows.slice(half)];
}
