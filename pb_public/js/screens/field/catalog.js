// The standards that forms need: kinds of service, topics, words. Loaded once, from the worker's cache when offline.
import { makeSuggester } from '../../core/suggest.js';

/** @typedef {import('../../core/service.js').Kind & {zh: string, en: string}} Kind */
/** @typedef {{kinds: Map<string, Kind>, fields: Record<string, any>, list: ReturnType<typeof makeSuggester>, categories: any[], topic: (code: string) => any, flags: Record<string, {zh: string, en: string}>, disputes: string[]}} Catalog */

let loading = /** @type {Promise<Catalog>|null} */ (null);

/** @returns {Promise<Catalog>} */
export function loadCatalog() {
  if (!loading) {
    loading = load();
    loading.catch(() => { loading = null; });
  }
  return loading;
}

async function load() {
  const [topics, types] = await Promise.all(['topics', 'service_types'].map(async (name) => {
    const res = await fetch(new URL(`../../../data/${name}.json`, import.meta.url));
    if (!res.ok) throw new Error(name);
    return res.json();
  }));
  const list = makeSuggester(topics);
  return { kinds: new Map(types.types.map((k) => [k.code, k])), fields: types.fields, list, categories: topics.categories,
    topic: (code) => list.topics.get(code), flags: topics.flags, disputes: topics.disputes };
}
