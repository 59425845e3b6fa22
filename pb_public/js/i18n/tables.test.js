// Every table of texts has the same keys in both languages, and no empty text.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';

const files = readdirSync(new URL('.', import.meta.url)).filter((f) => f.endsWith('.js') && f !== 'i18n.js' && !f.endsWith('.test.js'));

for (const file of files) {
  test('both languages of ' + file, async () => {
    const { zh, en } = await import('./' + file);
    assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
    for (const [key, text] of [...Object.entries(zh), ...Object.entries(en)]) assert.ok(typeof text === 'string' && text.trim(), key);
    const places = (text) => (text.match(/\{\w+\}/g) || []).sort();
    for (const key of Object.keys(zh)) assert.deepEqual(places(en[key]), places(zh[key]), key);
  });
}
