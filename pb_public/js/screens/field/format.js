// Dates and ages as people say them, in the language in use.
import { lang, t } from '../../i18n/i18n.js';

const CHINA = 'Asia/Shanghai';

function format(ms, options) {
  return new Intl.DateTimeFormat(lang.value === 'en' ? 'en-GB' : 'zh-CN', { timeZone: CHINA, ...options }).format(ms);
}

/** 11月24日 星期二. @param {number} ms */
export function dayName(ms) {
  return format(ms, { month: 'long', day: 'numeric', weekday: 'long' });
}

/** 11月24日 09:30, with the year when it is another one. @param {string|number} at RFC 3339 or ms */
export function moment(at) {
  const ms = typeof at === 'number' ? at : Date.parse(at);
  if (Number.isNaN(ms)) return '';
  const year = new Date(ms).getFullYear() === new Date().getFullYear() ? {} : { year: 'numeric' };
  return format(ms, { ...year, month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false });
}

/** 11月24日. @param {string} at */
export function shortDay(at) {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? '' : format(ms, { month: 'short', day: 'numeric' });
}

/** China's date of a moment, YYYY-MM-DD. @param {number} ms */
export function chinaDate(ms) {
  return new Date(ms + 8 * 3600000).toISOString().slice(0, 10);
}

/** How long ago, roughly. @param {number} ms @param {number} now */
export function ago(ms, now) {
  const minutes = Math.max(0, Math.floor((now - ms) / 60000));
  if (minutes < 1) return t('ago.now');
  if (minutes < 60) return t('ago.minutes', { n: minutes });
  if (minutes < 48 * 60) return t('ago.hours', { n: Math.floor(minutes / 60) });
  return t('ago.days', { n: Math.floor(minutes / 1440) });
}

/** What a draft is known by: its title, else how its first written part begins; '' when nothing is written. @param {Record<string, any>} values */
export function draftLine(values) {
  const text = ['title', 'summary', 'advice'].map((name) => String(values[name] || '').trim()).find(Boolean) || '';
  return [...text].slice(0, 30).join('');
}
