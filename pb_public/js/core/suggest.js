// Topics that a text seems to be about, by the matching rules of topics.json: the longest words first, a word inside a longer one does
// not count, name 3, word 2, ambiguous word 0.5, times the season. It proposes; the person decides, always.
import { folded } from './check.js';

/** @typedef {{code: string, zh: string, en: string, words: string[], flags: string[]}} Topic */
/** @typedef {{code: string, score: number, sure: boolean}} Proposal */

const MIN = 2;
const LEAD = 1.15;

/** Prepares the word list once. @param {any} data the parsed topics.json */
export function makeSuggester(data) {
  const topics = new Map();
  /** @type {Map<string, {code: string, points: number}[]>} */
  const words = new Map();
  const ambiguous = new Set(data.ambiguous);
  const add = (word, code, points) => {
    const list = words.get(word) || [];
    if (!list.some((entry) => entry.code === code)) words.set(word, [...list, { code, points }]);
  };
  for (const category of data.categories) {
    for (const topic of category.topics) {
      topics.set(topic.code, topic);
      add(topic.zh, topic.code, 3);
      for (const word of topic.words) add(word, topic.code, ambiguous.has(word) ? 0.5 : 2);
    }
  }
  const longest = [...words.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const fold = new Map([...data.fold[0]].map((sign, i) => [sign, [...data.fold[1]][i]]));
  return { data, topics, words, longest, fold };
}

/** The best topics, at most three; `sure` only when it may be filled in by itself.
 * @param {ReturnType<typeof makeSuggester>} list @param {string} text @param {number} month 1–12 @returns {Proposal[]} */
export function suggest(list, text, month) {
  const points = new Map();
  for (const word of wordsIn(list, normal(list, text))) {
    for (const hit of list.words.get(word)) points.set(hit.code, (points.get(hit.code) || 0) + hit.points);
  }
  const legal = [...points].filter(([code]) => !code.startsWith('99'));
  if (!legal.length) {
    if (!text.trim()) return [];
    const { non_legal: none, unclassified } = list.data.fallback;
    return [{ code: points.has(none) ? none : unclassified, score: 0, sure: false }];
  }
  const ranked = legal.map(([code, score]) => ({ code, score: score * season(list, code, month), sure: false }));
  ranked.sort((a, b) => b.score - a.score || urgency(list, b.code) - urgency(list, a.code) || (a.code < b.code ? -1 : 1));
  const [first, second] = ranked;
  first.sure = first.score >= MIN && (!second || first.score >= second.score * LEAD);
  return ranked.slice(0, 3);
}

function normal(list, text) {
  return [...folded(text).toLowerCase()].map((sign) => list.fold.get(sign) || sign).join('');
}

/** Words of the list in a text, each once; a place that a longer word covers belongs to that word alone. */
function wordsIn(list, text) {
  const covered = new Uint8Array(text.length);
  const found = [];
  for (const word of list.longest) {
    let hit = false;
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      if (covered.subarray(at, at + word.length).every((c) => c === 1)) continue;
      hit = true;
      covered.fill(1, at, at + word.length);
    }
    if (hit) found.push(word);
  }
  return found;
}

function season(list, code, month) {
  return list.data.seasons.filter((s) => s.months.includes(month) && (s.topics[0] === '*' || s.topics.includes(code)))
    .reduce((product, s) => product * s.weight, 1);
}

function urgency(list, code) {
  const { flags } = list.topics.get(code);
  return flags.includes('urgent') || flags.includes('mandatory_report') ? 1 : 0;
}
