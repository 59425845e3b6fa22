// Attachments up, on a lane of their own (docs/sync.md §9): one file after another, part by part, from the byte that the server names. Changes never wait for it.
import { authorization } from '../core/install.js';
import { queue } from '../store/changes.js';
import { markFile, partOf, sendable } from '../store/files.js';
import { getMeta } from '../store/meta.js';
import { callJson, CallError } from './calls.js';

const SILENCE = 60000;

/** @typedef {import('../store/files.js').FileRow} FileRow */

/** Sends what waits. `may` is asked before each part and says why not, or ''. Returns why it ended: 'done', a reason of `may`, 'changes' when work waits that goes first, or an error's code.
 * @param {import('./pull.js').Client} client @param {{may: () => string, told: (file: FileRow, sent: number) => void}} lane */
export async function sendFiles(client, lane) {
  for (const file of await sendable(client.db)) {
    const stop = await sendFile(client, file, lane);
    if (stop) return stop;
  }
  return 'done';
}

/** '' when the file needs no more sending, else why the lane stands. */
async function sendFile(client, file, { may, told }) {
  let again = 0;
  let at = await ask(client, file, 'HEAD');
  for (;;) {
    if (at.done) {
      await markFile(client.db, file.hash, { state: 'here', sent: file.size });
      told(file, file.size);
      return '';
    }
    if (at.code === 'not_found') return ''; // its record has not been applied there: it comes again
    if (at.code === 'blob_hash' && again++ < 1) at = { offset: 0 };
    else if (at.code) {
      await markFile(client.db, file.hash, at.code === 'blob_quota' ? { why: at.code } : { state: 'refused', why: at.code });
      return '';
    }
    told(file, at.offset);
    const why = may() || ((await queue(client.db)).unsent ? 'changes' : '');
    if (why) return why;
    const bytes = at.offset < file.size ? await partOf(client.db, file, at.offset) : new Uint8Array(0);
    if (!bytes) {
      await markFile(client.db, file.hash, { state: 'refused', why: 'lost' });
      return '';
    }
    at = await ask(client, file, 'PATCH', at.offset, bytes);
    if (at.offset !== undefined) await markFile(client.db, file.hash, { sent: at.offset });
  }
}

/** One call: how far the server has the file, or the code of its refusal. @returns {Promise<{done?: boolean, offset?: number, code?: string}>} */
async function ask(client, file, method, from, bytes) {
  const uri = '/api/sync/blobs/' + file.hash;
  const { key } = await getMeta(client.db, ['key']);
  for (let again = false; ; again = true) {
    const began = client.now();
    const headers = { Authorization: await authorization(key, method, uri, began + (await client.clock()).offset), 'Accept-Language': client.line.language(),
      ...(bytes ? { 'Upload-Offset': String(from), 'Upload-Length': String(file.size), 'Content-Type': 'application/octet-stream' } : {}) };
    const res = await fetched(client.line, uri, { method, headers, body: bytes });
    if (res.status === 401 && !again) {
      const hello = await callJson(client.line, '/api/sync/hello');
      await client.heard(hello.now, began);
      continue;
    }
    return answerOf(res, method);
  }
}

async function answerOf(res, method) {
  const offset = Number(res.headers.get('Upload-Offset'));
  const told = res.headers.get('Upload-Offset') !== null && Number.isSafeInteger(offset) && offset >= 0;
  if (res.status === 200 && told) return { done: true };
  if ((res.status === 204 || res.status === 409) && told) return { offset };
  if (res.status === 404) return { code: 'not_found' };
  if (res.status === 429 || res.status >= 500 && res.status !== 507) throw new CallError('busy', 'busy');
  const body = method === 'HEAD' ? null : await res.json().catch(() => null);
  if (!body || typeof body.code !== 'string') throw new CallError('offline', 'not_ours');
  return { code: body.code };
}

async function fetched(line, uri, init) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), SILENCE);
  try {
    return await line.fetch(line.base + uri, { cache: 'no-store', credentials: 'omit', redirect: 'error', ...init, signal: control.signal });
  } catch (err) {
    throw new CallError('offline', 'offline');
  } finally {
    clearTimeout(timer);
  }
}
