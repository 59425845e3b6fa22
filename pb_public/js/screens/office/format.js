// How the office's pages write times, numbers and codes. Pure.
import { lang, t, hasText } from '../../i18n/i18n.js';

/** A local event time keeps the hour of the village where it happened: cut, never converted. @param {string} at RFC 3339 */
export function when(at) {
  return at ? at.slice(0, 10) + ' ' + at.slice(11, 16) : '';
}

/** Hour and minute of an event. @param {string} at RFC 3339 */
export function hour(at) {
  return at ? at.slice(11, 16) : '';
}

/** A server time in the office's zone. @param {number} ms */
export function stamp(ms) {
  if (!ms) return '';
  const local = new Date(ms + 8 * 3600 * 1000).toISOString();
  return local.slice(0, 10) + ' ' + local.slice(11, 16);
}

/** How long ago, in the largest unit that says enough. @param {number} ms @param {number} [now] */
export function ago(ms, now = Date.now()) {
  if (!ms) return t('office.ago.never');
  const minutes = Math.max(0, Math.floor((now - ms) / 60000));
  if (minutes < 1) return t('office.ago.now');
  if (minutes < 60) return t('office.ago.minutes', { n: minutes });
  if (minutes < 48 * 60) return t('office.ago.hours', { n: Math.floor(minutes / 60) });
  return t('office.ago.days', { n: Math.floor(minutes / 1440) });
}

/** A pairing code in groups of four, easier to read aloud. @param {string} code */
export function groups(code) {
  return (code.replace(/[^0-9A-Za-z]/g, '').match(/.{1,4}/g) || []).join(' ');
}

/** The text of a coded value; an unknown code shows itself. @param {string} list @param {string} code */
export function label(list, code) {
  if (!code) return '';
  const key = 'office.' + list + '.' + code;
  return hasText(key) ? t(key) : code;
}

/** The name of something the server gave in both languages. @param {any} row @param {string} field */
export function named(row, field) {
  return (lang.value === 'en' && row[field + '_name_en']) || row[field + '_name'] || row[field] || '';
}

/** Today's date in the office's zone. @param {number} [now] */
export function today(now = Date.now()) {
  return stamp(now).slice(0, 10);
}
