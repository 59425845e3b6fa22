// The only place where office and city pages speak to the server. Errors come back as one shape with texts a person can act on.
import { lang, t } from '../../i18n/i18n.js';
import { begin, end, session } from './session.js';

/** What went wrong, as the server says it. */
export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {string} message @param {string} hint */
  constructor(status, code, message, hint) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** Sends a request with the desk's token. @param {string} path @param {RequestInit} [init] @returns {Promise<Response>} */
async function send(path, init = {}) {
  const headers = new Headers(init.headers);
  headers.set('Accept-Language', lang.value);
  if (session.value) headers.set('Authorization', session.value.token);
  let answer;
  try {
    answer = await fetch(path, { ...init, headers, cache: 'no-store' });
  } catch (err) {
    throw new ApiError(0, 'offline', t('office.error.offline'), t('office.error.offline.hint'));
  }
  if (answer.ok) return answer;
  const fault = await faultOf(answer);
  if (answer.status === 401 && session.value) end('office.login.expired');
  throw fault;
}

/** Reads the server's error; a proxy's page or a broken answer becomes a plain one. @param {Response} answer */
async function faultOf(answer) {
  let body = {};
  try { body = await answer.json(); } catch (err) { body = {}; }
  return new ApiError(answer.status, body.code || 'internal', body.message || t('office.error.server'), body.hint || t('office.error.server.hint'));
}

/** @param {string} path */
export async function get(path) {
  return (await send(path)).json();
}

/** @param {string} path @param {any} body */
export async function post(path, body) {
  const answer = await send(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  return answer.status === 204 ? null : answer.json();
}

/** A file behind the token, e.g. a PDF. @param {string} path */
export async function file(path) {
  return (await send(path)).blob();
}

/** Logs in with a login name or e-mail. @param {string} identity @param {string} password */
export async function login(identity, password) {
  try {
    begin(await post('/api/collections/staff/auth-with-password', { identity, password }));
  } catch (err) {
    // PocketBase answers 400 for a wrong pair without telling which half is wrong; neither do we.
    if (err instanceof ApiError && (err.status === 400 || err.status === 403)) {
      throw new ApiError(err.status, 'login', t('office.login.wrong'), t('office.login.wrong.hint'));
    }
    throw err;
  }
}

/** A query string of what is set. @param {Record<string, string|number|undefined>} values */
export function query(values) {
  const q = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined && value !== '') q.set(key, String(value));
  const text = q.toString();
  return text ? '?' + text : '';
}
