import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { addMessages, setLang } from '../../i18n/i18n.js';
import * as cityTexts from '../city/messages.js';
import { lacks } from './enlist.js';
import { ago, groups, hour, label, stamp, when } from './format.js';
import * as texts from './messages.js';
import * as deskTexts from './texts-desk.js';
import * as inboxTexts from './texts-inbox.js';
import * as nodeTexts from './texts-node.js';
import * as staffTexts from './texts-staff.js';
import { secondsLeft } from './code.js';
import { plain } from './record-parts.js';
import { filtersOf, merge } from './services.js';
import { begin, end, restore, session } from './session.js';
import { busyKey, step } from './table.js';

const tables = [texts, cityTexts, deskTexts, inboxTexts, nodeTexts, staffTexts];
const here = dirname(fileURLToPath(import.meta.url));
const root = normalize(join(here, '../../..'));
addMessages(texts);
setLang('zh');

test('zh and en have the same keys, and no text is empty', () => {
  for (const { zh, en } of tables) {
    assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
    for (const table of [zh, en]) for (const [key, text] of Object.entries(table)) assert.ok(text.trim(), key);
    for (const key of Object.keys(zh)) assert.deepEqual((en[key].match(/\{\w+\}/g) || []).sort(), (zh[key].match(/\{\w+\}/g) || []).sort(), key);
  }
});

test('every key that the pages name has a text', () => {
  for (const folder of [here, join(here, '../city')]) {
    for (const name of readdirSync(folder).filter((f) => f.endsWith('.js') && !f.startsWith('texts-') && !f.endsWith('.test.js') && f !== 'messages.js')) {
      const source = readFileSync(join(folder, name), 'utf8');
      for (const [, key] of source.matchAll(/'((?:office|city)\.[a-z0-9_.]*[a-z0-9])'/g)) {
        if (/\.json$/.test(key) || key === 'cunju.office') continue;
        assert.ok(tables.some(({ zh }) => zh[key]), name + ': ' + key);
      }
    }
  }
});

test('no page writes markup from data or styles inline', () => {
  for (const folder of ['js/screens/office', 'js/screens/city', 'office', 'city']) {
    for (const name of readdirSync(join(root, folder)).filter((f) => /\.(js|html)$/.test(f) && !f.endsWith('.test.js'))) {
      const source = readFileSync(join(root, folder, name), 'utf8');
      assert.doesNotMatch(source, /innerHTML|insertAdjacentHTML|document\.write|\sstyle="|javascript:|\son[a-z]+="/, folder + '/' + name);
    }
  }
});

test('what a page preloads is what it imports', () => {
  for (const page of ['office', 'city']) {
    const html = readFileSync(join(root, page, 'index.html'), 'utf8');
    const listed = [...html.matchAll(/modulepreload" href="\.\.\/([^"]+)"/g)].map((m) => m[1]).sort();
    const seen = new Set();
    const walk = (path) => {
      if (seen.has(path)) return;
      seen.add(path);
      const source = readFileSync(join(root, path), 'utf8');
      if (path.startsWith('vendor/')) return;
      for (const [, to] of source.matchAll(/(?:import|export)[^;]*?from '([^']+)'/g)) walk(normalize(join(dirname(path), to)));
    };
    walk('js/screens/' + page + '/boot.js');
    seen.delete('js/screens/' + page + '/boot.js');
    assert.deepEqual(listed, [...seen].sort(), page);
  }
});

test('times keep the hour of the village', () => {
  assert.equal(when('2026-11-24T09:30:00+08:00'), '2026-11-24 09:30');
  assert.equal(hour('2026-11-24T09:30:00+06:00'), '09:30');
  assert.equal(when(''), '');
  assert.equal(stamp(Date.parse('2026-11-24T16:30:00Z')), '2026-11-25 00:30');
  assert.equal(stamp(0), '');
});

test('how long ago', () => {
  const now = 1e12;
  assert.equal(ago(0, now), '从未');
  assert.equal(ago(now - 5000, now), '刚刚');
  assert.equal(ago(now + 5000, now), '刚刚');
  assert.equal(ago(now - 59 * 60000, now), '59 分钟前');
  assert.equal(ago(now - 47 * 3600000, now), '47 小时前');
  assert.equal(ago(now - 48 * 3600000, now), '2 天前');
});

test('labels of codes; an unknown one shows itself', () => {
  assert.equal(label('state', 'verified'), '已核验');
  assert.equal(label('state', 'pondered'), 'pondered');
  assert.equal(label('state', ''), '');
  assert.equal(groups('ABCDEFGHJKLM'), 'ABCD EFGH JKLM');
  assert.equal(groups('abcd-efgh'), 'abcd efgh');
});

test('keys move inside the list and leave fields and commands alone', () => {
  assert.equal(step('j', -1, 3), 0);
  assert.equal(step('j', 2, 3), 2);
  assert.equal(step('k', 0, 3), 0);
  assert.equal(step('ArrowDown', 0, 3), 1);
  assert.equal(step('x', 0, 3), -1);
  assert.equal(step('j', -1, 0), -1);
  const on = (tagName, more) => busyKey({ target: { tagName, closest: () => null }, ...more });
  assert.equal(on('INPUT'), true);
  assert.equal(on('A'), false);
  assert.equal(on('A', { ctrlKey: true }), true);
  assert.equal(on('A', { isComposing: true }), true);
});

test('a record that moved between pages stands once', () => {
  assert.deepEqual(merge([{ id: 'b' }, { id: 'a' }], [{ id: 'a' }, { id: 'c' }]).map((s) => s.id), ['b', 'a', 'c']);
  assert.deepEqual(filtersOf({ state: 'submitted', q: '', evil: '1' }), { state: 'submitted' });
});

test('any JSON becomes one readable line', () => {
  assert.equal(plain([{ name: '张三', role: '甲方' }, '乙方']), '张三 甲方；乙方');
  assert.equal(plain({ a: null, b: 3 }), '3');
  assert.equal(plain(false), 'false');
});

test('a pairing code runs out', () => {
  assert.equal(secondsLeft(61000, 1000), 60);
  assert.equal(secondsLeft(1000, 61000), 0);
  assert.equal(secondsLeft('2026-11-24T00:10:00Z', Date.parse('2026-11-24T00:00:00Z')), 600);
  assert.equal(secondsLeft('soon'), 0);
});

test('a session lives in its tab, is restored there and leaves nothing at logout', () => {
  const kept = new Map();
  const store = { getItem: (k) => (kept.has(k) ? kept.get(k) : null), setItem: (k, v) => kept.set(k, v), clear: () => kept.clear() };
  begin({ token: 't', record: { id: 'i', name: '王', role: 'officer', region: 'r', email: 'x@y', phone: '138' } }, store);
  assert.ok(![...kept.values()].join('').includes('138'), 'only what the page needs is kept');
  session.value = null;
  restore(store);
  assert.equal(session.value.staff.name, '王');
  end('office.login.left', store);
  assert.equal(session.value, null);
  assert.equal(kept.size, 0);
  kept.set('cunju.office', '{broken');
  restore(store);
  assert.equal(session.value, null);
});

test('a counsel needs a name and one to eight villages', () => {
  assert.deepEqual(lacks({ name: ' ' }, []), { name: 'ui.needed', villages: 'office.enlist.villages.needed' });
  assert.deepEqual(lacks({ name: '谭' }, ['a']), {});
  assert.deepEqual(Object.keys(lacks({ name: '谭' }, Array(9).fill('a'))), ['villages']);
});
