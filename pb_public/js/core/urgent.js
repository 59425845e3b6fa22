// Emergencies that a text speaks of. It looks for words only and never at what stands around them: who writes “不想自杀” has still spoken
// of it, and the procedure is shown. Nothing is sent or blocked by it.
import { EMERGENCIES, HARMLESS, SIMPLE } from './urgent-words.js';

/** @typedef {import('./urgent-words.js').Emergency} Emergency */

const fold = new Map([...SIMPLE[0]].map((sign, i) => [sign, [...SIMPLE[1]][i]]));
const harmless = [...HARMLESS].sort((a, b) => b.length - a.length);

/** The text in one form: simple signs, small letters, no gaps between Chinese signs; longer unrelated words are cut out. @param {string} text */
function plain(text) {
  const simple = [...text.normalize('NFKC').toLowerCase()].map((sign) => fold.get(sign) || sign).join('');
  const one = simple.replace(/([\u3400-\u9fff])[\s\u200b-\u200f\u2060\ufeff·.*]+(?=[\u3400-\u9fff])/g, '$1');
  return harmless.reduce((rest, word) => rest.split(word).join('|'), one);
}

/** Whether a word stands in a text: Chinese anywhere, Latin letters as words of their own. @param {string} text @param {string} word */
function has(text, word) {
  return /[a-z]/.test(word) ? new RegExp('\\b' + word + '\\b').test(text) : text.includes(word);
}

/** The emergencies of a text, the gravest first, each once. @param {string} text @returns {Emergency[]} */
export function emergenciesIn(text) {
  const rest = plain(text);
  return EMERGENCIES.filter((e) => e.words.some((word) => has(rest, word)));
}
