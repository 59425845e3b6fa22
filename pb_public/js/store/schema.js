// The tables of a phone. A new table or index raises VERSION and is only ever added.

export const VERSION = 1;

/** Name → key path and indexes (name → key path, or [key path] with multiEntry). */
export const TABLES = {
  /** {k, v}: keys, chain, staff, regions, tokens, clock, counters, settings. */
  meta: { key: 'k', indexes: {} },
  /** Own changes: {seq, id, line, at, recs: ['services/x'], state, install, batch, i, verdict, settled}. batch 0: not sealed yet. */
  changes: { key: 'seq', indexes: { batch: 'batch', recs: ['recs'], state: 'state', settled: 'settled' } },
  /** Sealed batches: {hash, install, no, header, sealed, town, city}. */
  batches: { key: 'hash', indexes: { no: 'no' } },
  /** Server state: {k: 'services/x', c, r, rev, tau, seq, set, ft, feed, region, gen, at}. */
  records: { key: 'k', indexes: { feed: 'feed', place: 'place' } },
  /** Checkpoints: {feed, epoch, seq, gen, sweeping, whole, at}. */
  feeds: { key: 'feed', indexes: {} },
  /** What is being written: {id, kind, region, record, values, at}. */
  drafts: { key: 'id', indexes: {} },
};

