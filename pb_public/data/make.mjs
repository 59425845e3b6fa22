// Writes topics.json and service_types.json beside this file from the domain's full standards; see README.md.
//   node make.mjs <topics.json> <service_types.json> [<folder with node_modules/opencc-js>]
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [topicsFile, typesFile, tools] = process.argv.slice(2);
const here = path.dirname(new URL(import.meta.url).pathname);
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const write = (name, value) => writeFileSync(path.join(here, name), JSON.stringify(value) + '\n');

/** Traditional signs of the signs that occur in the words, as two texts of equal length. */
function foldOf(words) {
  const { Converter } = createRequire(path.resolve(tools, 'x.js'))('opencc-js');
  const pairs = new Map();
  const known = new Set(words.join(''));
  for (const to of ['t', 'tw', 'hk']) {
    const convert = Converter({ from: 'cn', to });
    for (const sign of known) {
      const other = convert(sign);
      if (other !== sign && other.length === 1 && !known.has(other)) pairs.set(other, sign);
    }
  }
  return [[...pairs.keys()].join(''), [...pairs.values()].join('')];
}

function compactTopics(t, fold) {
  const english = (key) => key[0].toUpperCase() + key.slice(1).replace(/_/g, ' ');
  const topic = (x) => ({ code: x.code, zh: x.name, en: english(x.key), words: [...x.keywords, ...x.dialect], flags: x.flags });
  return {
    schema: t.schema, version: t.version, fallback: t.fallback,
    flags: Object.fromEntries(Object.entries(t.flags).map(([id, f]) => [id, { zh: f.zh, en: f.en }])),
    seasons: t.seasonality.map(({ topics, months, weight }) => ({ topics, months, weight })),
    ambiguous: t.ambiguous_keywords, disputes: t.mediation_types, fold,
    categories: t.categories.map((c) => ({ code: c.code, zh: c.name, en: c.name_en, topics: c.topics.map(topic) })),
  };
}

function compactTypes(s) {
  const field = ([name, f]) => [name, { zh: f.zh, type: f.type, options: f.options, options_zh: f.options_zh }];
  return {
    schema: s.schema, version: s.version,
    fields: Object.fromEntries(Object.entries(s.fields).map(field)),
    types: s.types.map((x) => ({ code: x.code, key: x.key, zh: x.name, en: x.name_en, required: x.required, optional: x.optional,
      rated: x.resident_rating, min: x.min_duration_min || 0 })),
  };
}

const topics = read(topicsFile);
const words = topics.categories.flatMap((c) => c.topics.flatMap((x) => [x.name, ...x.keywords, ...x.dialect]));
const kept = tools ? foldOf(words) : read(path.join(here, 'topics.json')).fold;
write('topics.json', compactTopics(topics, kept));
write('service_types.json', compactTypes(read(typesFile)));
