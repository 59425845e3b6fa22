// Order of concurrent edits (docs/sync.md §5). Mirrors sync/stamp.

/** @typedef {{tau: number, id: string}} Stamp */

/** 2024-01-01 UTC: a clock before the product existed says nothing about when work was done. */
export const FLOOR = 1704067200000;

/** Whether a wins over b; a strict total order. @param {Stamp} a @param {Stamp} b */
export function newer(a, b) {
  return a.tau !== b.tau ? a.tau > b.tau : a.id > b.id;
}

/** The τ that a first server gives. @param {number} claimed @param {number} offset @param {number} received @param {number} base τ of the revision seen, 0 for none */
export function bounded(claimed, offset, received, base) {
  const time = claimed + offset;
  return Math.max(time > received || time < FLOOR ? received : time, base + 1);
}
