// The wire: one request, its lines, and what kind of answer it was. Knows no state. An answer without its closing line was cut;
// an answer that is not ours (captive portal, proxy page) is no answer.

const IDLE = 30000;

/** Why a call gave nothing. kind: 'offline' no network or no answer; 'busy' try later; 'refused' the server said no, see code. */
export class CallError extends Error {
  /** @param {'offline'|'busy'|'refused'} kind @param {string} code @param {{status?: number, message?: string, hint?: string, now?: number, retryAfter?: number}} [more] */
  constructor(kind, code, more) {
    super(code);
    this.kind = kind;
    this.code = code;
    this.more = more || {};
  }
}

/** @typedef {{fetch: typeof fetch, base: string, language: () => string}} Line */

/** One request with a JSON answer. @param {Line} line @param {string} path @param {RequestInit} [init] */
export async function callJson(line, path, init) {
  const res = await send(line, path, init);
  const text = await whole(res);
  if (!res.ok) throw refusal(res, text);
  const value = parse(text);
  if (!value || typeof value.now !== 'number') throw new CallError('offline', 'not_ours');
  return value;
}

/** One request with an NDJSON answer: hands over whole lines as they come and says whether the closing {"now"} came.
 * @param {Line} line @param {string} path @param {RequestInit} init @param {(value: any) => void} each @returns {Promise<{closing: any|null}>} */
export async function callLines(line, path, init, each) {
  const res = await send(line, path, init);
  if (!res.ok) throw refusal(res, await whole(res));
  if (!/ndjson/.test(res.headers.get('Content-Type') || '')) throw new CallError('offline', 'not_ours');
  let closing = null;
  await readLines(res, (text) => {
    const value = parse(text);
    if (!value) throw new CallError('offline', 'not_ours');
    if (typeof value.now === 'number' && !value.receipt && !value.error) closing = value;
    else each(value);
  });
  return { closing };
}

async function send(line, path, init) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), IDLE * 2);
  try {
    const headers = { 'Accept-Language': line.language(), ...(init && init.headers) };
    return await line.fetch(line.base + path, { cache: 'no-store', credentials: 'omit', redirect: 'error', ...init, headers, signal: control.signal });
  } catch (err) {
    throw new CallError('offline', 'offline');
  } finally {
    clearTimeout(timer);
  }
}

async function whole(res) {
  try {
    return await timed(res.text());
  } catch (err) {
    throw new CallError('offline', 'cut');
  }
}

/** Hands over the whole lines of a body; a cut or a silence of 30 s ends it quietly: what came before counts. */
async function readLines(res, each) {
  const reader = res.body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    let chunk;
    try {
      chunk = await timed(reader.read());
    } catch (err) {
      reader.cancel().catch(() => {});
      return;
    }
    if (chunk.done) return;
    const lines = (rest + decoder.decode(chunk.value, { stream: true })).split('\n');
    rest = lines.pop() || '';
    lines.filter(Boolean).forEach(each);
  }
}

function timed(promise) {
  let timer;
  const silence = new Promise((resolve, reject) => { timer = setTimeout(() => reject(new Error('silence')), IDLE); });
  return Promise.race([promise, silence]).finally(() => clearTimeout(timer));
}

function parse(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch (err) {
    return null;
  }
}

/** Turns an answer that is not 2xx into an error. Only what looks like our server's is believed. */
function refusal(res, text) {
  const value = parse(text);
  const seconds = Number(res.headers.get('Retry-After'));
  const more = { status: res.status, retryAfter: seconds > 0 ? Math.min(seconds, 3600) * 1000 : 0 };
  if (res.status === 429 || res.status >= 500) return new CallError('busy', value && value.code ? value.code : 'busy', more);
  if (!value || typeof value.code !== 'string') return new CallError('offline', 'not_ours', more);
  return new CallError('refused', value.code, { ...more, message: value.message, hint: value.hint, now: value.now });
}

/** A body, gzipped where the platform can. @param {string} text @returns {Promise<{body: BodyInit, headers: Record<string, string>}>} */
export async function packedBody(text) {
  const headers = { 'Content-Type': 'application/x-ndjson' };
  if (text.length < 800 || typeof CompressionStream === 'undefined') return { body: text, headers };
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return { body: await new Response(stream).arrayBuffer(), headers: { ...headers, 'Content-Encoding': 'gzip' } };
}
