// What is being written, kept at each touch so that a call, a flat battery or an update costs nothing.

/** @typedef {import('./idb.js').Db} Db */
/** @typedef {{id: string, kind: string, region: string, record: string, values: Record<string, any>, at: number}} Draft */

/** @param {Db} db @param {string} id @returns {Promise<Draft|undefined>} */
export function getDraft(db, id) {
  return db.read(['drafts'], (t) => t.get('drafts', id));
}

/** @param {Db} db @param {Draft} draft */
export function putDraft(db, draft) {
  return db.write(['drafts'], (t) => t.put('drafts', draft));
}

/** @param {Db} db @param {string} id */
export function dropDraft(db, id) {
  return db.write(['drafts'], (t) => t.del('drafts', id));
}

/** Keeps a draft as it changes: at most one write under way, the last state always follows. Returns a function that resolves when all is kept.
 * @param {Db} db @param {(state: 'saving'|'saved'|'full') => void} told */
export function draftKeeper(db, told) {
  /** @type {Draft|null} */
  let waiting = null;
  /** @type {Promise<void>|null} */
  let running = null;
  async function work() {
    while (waiting) {
      const draft = waiting;
      waiting = null;
      try {
        await putDraft(db, draft);
        told('saved');
      } catch (err) {
        told('full');
      }
    }
    running = null;
  }
  return {
    /** @param {Draft} draft */
    keep(draft) {
      waiting = draft;
      told('saving');
      if (!running) running = work();
    },
    /** No more writes of this draft: it was saved as a change or thrown away. */
    async stop() {
      waiting = null;
      await running;
    },
    flushed: () => running || Promise.resolve(),
  };
}
