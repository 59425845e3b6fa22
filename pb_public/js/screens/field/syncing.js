// Binds the protocol's client to this page: status signal, other tabs, screens that must read again.
import { makeClient } from '../../sync/client.js';
import { startWaking } from '../../sync/wake.js';
import { getMeta, putMeta } from '../../store/meta.js';
import { readClock } from '../../sync/clock.js';
import { lang } from '../../i18n/i18n.js';
import { setting } from './look.js';

const WEEK = 7 * 86400000;

/** @param {{db: import('../../store/idb.js').Db, status: {value: any}, lane: {value: any}, refreshed: () => Promise<void>}} page */
export function makeSync({ db, status, lane, refreshed }) {
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel('cunju') : null;
  const client = makeClient({ db, fetch: (...args) => fetch(...args), locks: navigator.locks,
    language: () => (lang.value === 'en' ? 'en' : 'zh-CN'), told: (next) => { status.value = next; } });
  const wake = startWaking(client, () => { tell(); upload(); });
  async function upload() {
    const last = lane.value.sent;
    const end = await client.files({ may: mayUpload, told: (file, sent) => { lane.value = { hash: file.hash, sent, why: '' }; } });
    lane.value = { hash: '', sent: 0, why: end === 'paused' || end === 'mobile' ? end : '' };
    if (end === 'done' && last !== lane.value.sent || end === 'changes') tell();
  }
  function tell() {
    refreshed();
    if (channel) channel.postMessage('changed');
  }
  if (channel) channel.onmessage = () => { refreshed(); };
  return {
    enrol: async (code) => {
      await client.enrol(code, deviceName(navigator.userAgent));
      tell();
      wake.now();
    },
    queue: client.queue,
    exportUnsent: client.exportUnsent,
    async importAnswer(file) {
      const taken = await client.importAnswer(file);
      tell();
      return taken;
    },
    seal: client.sealNow,
    now: wake.now,
    clock: () => readClock(db),
    /** After a save: others read again, the line is tried soon. */
    saved() {
      tell();
      wake.soon();
      askToPersist(db).catch(() => {});
    },
    stop: wake.stop,
  };
}

/** Asks once a week that the browser does not throw this store away; browsers answer by themselves or not at all. */
export async function askToPersist(db, now = Date.now()) {
  if (!navigator.storage || !navigator.storage.persist) return;
  const { persist_asked: asked } = await getMeta(db, ['persist_asked']);
  if (asked && now - asked < WEEK) return;
  await putMeta(db, { persist_asked: now });
  if (!(await navigator.storage.persisted())) await navigator.storage.persist();
}

/** A name by which the office tells two phones apart. @param {string} agent */
export function deviceName(agent) {
  const model = /Android [\d.]+; ([^;)]+)/.exec(agent);
  const system = /(Android|iPhone|iPad|Windows|Macintosh|Linux)/.exec(agent);
  return (model && model[1] !== 'K' ? model[1] : system ? system[1] : 'browser').trim().slice(0, 40);
}

/** Why no attachment may go now: 'paused', 'mobile' data where only Wi-Fi is wanted, or ''. */
export function mayUpload() {
  if (setting('uploads') === 'paused') return 'paused';
  const line = /** @type {any} */ (navigator).connection;
  return setting('wifi') === 'only' && line && line.type === 'cellular' ? 'mobile' : '';
}
