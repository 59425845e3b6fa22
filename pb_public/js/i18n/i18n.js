// Message keys to texts. Every page adds its own tables; zh is the first language, en the second, and a test holds their keys equal.
import { signal } from '../../vendor/ui.js';

/** @typedef {Record<string, string>} Table */

/** The language in use: 'zh' or 'en'. Reading it inside a component draws that component again when it changes. */
export const lang = signal('zh');

/** @type {{zh: Table, en: Table}} */
const tables = { zh: {}, en: {} };

/** Adds one page's texts. @param {{zh: Table, en: Table}} part */
export function addMessages(part) {
  Object.assign(tables.zh, part.zh);
  Object.assign(tables.en, part.en);
}

/** The text of a key, with {name} replaced. An unknown key shows itself, so that it is noticed. @param {string} key @param {Record<string, string|number>} [values] */
export function t(key, values) {
  const table = lang.value === 'en' ? tables.en : tables.zh;
  const text = table[key] === undefined ? key : table[key];
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (values[name] === undefined ? whole : String(values[name])));
}

/** Whether a key has a text. @param {string} key */
export function hasText(key) {
  return tables.zh[key] !== undefined;
}

/** The name of a data item that carries both languages. @param {{name?: string, zh?: string, en?: string, name_en?: string}} item */
export function nameOf(item) {
  if (!item) return '';
  if (lang.value === 'en') return item.en || item.name_en || item.name || item.zh || '';
  return item.zh || item.name || '';
}

/** Switches the language and tells the document, so that screen readers use the right voice. @param {string} next */
export function setLang(next) {
  lang.value = next === 'en' ? 'en' : 'zh';
  if (typeof document !== 'undefined') document.documentElement.lang = lang.value === 'en' ? 'en' : 'zh-CN';
}

/** The language to begin with: what was chosen, else what the browser prefers. @param {string} [saved] @param {readonly string[]} [preferred] */
export function firstLang(saved, preferred) {
  if (saved === 'zh' || saved === 'en') return saved;
  const first = (preferred || []).find((code) => /^(zh|en)/i.test(code)) || 'zh';
  return /^en/i.test(first) ? 'en' : 'zh';
}
