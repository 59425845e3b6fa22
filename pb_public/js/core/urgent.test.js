import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emergenciesIn } from './urgent.js';
import { EMERGENCIES, HARMLESS, SIMPLE } from './urgent-words.js';

const ids = (text) => emergenciesIn(text).map((e) => e.id);

test('words of danger bring up their procedure', () => {
  const cases = { 老板不给钱就跳楼: 'life', 他说要自杀: 'life', 拿起刀要砍人: 'threat', 说要炸工地: 'threat', 女儿被继父猥亵: 'minor', 丈夫长期家暴: 'home', 要申请人身安全保护令: 'home',
    明天去堵路: 'crowd', 准备上街: 'crowd', 几十人在镇政府聚集: 'crowd', 十几个工人讨薪: 'wages', 'He spoke of SUICIDE.': 'life' };
  for (const [text, id] of Object.entries(cases)) assert.deepEqual(ids(text), [id], text);
});

test('a denial is still an alarm', () => {
  for (const text of ['他说不想自杀', '没有自杀的意思', '不会跳楼的']) assert.deepEqual(ids(text), ['life'], text);
});

test('other ways to write it: traditional signs, gaps, full width', () => {
  for (const text of ['要跳樓', '自殺', '跳 楼', '自·杀', '自\n杀', 'ｓｕｉｃｉｄｅ']) assert.deepEqual(ids(text), ['life'], text);
});

test('a word inside a longer unrelated word is none', () => {
  for (const text of ['', '邻居砍树压坏屋顶', '借款有砍头息', '路边油炸摊', '搬到街上街道办', '上街买菜被狗咬', '砌墙堵路不让过', '居民聚集区', '吃中药', 'suicidology', '问土地承包', '离婚财产分割']) {
    assert.deepEqual(ids(text), [], text);
  }
});

test('an unrelated word does not hide a true one beside it; the gravest comes first', () => {
  assert.deepEqual(ids('砍树时吵起来，说要砍人'), ['threat']);
  assert.deepEqual(ids('讨薪的说要跳楼、堵路'), ['life', 'crowd', 'wages']);
});

test('the list is whole: every word is found, both languages, numbers to call, no word twice', () => {
  const all = EMERGENCIES.flatMap((e) => e.words);
  assert.equal(new Set(all).size, all.length);
  assert.equal([...SIMPLE[0]].length, [...SIMPLE[1]].length);
  for (const e of EMERGENCIES) {
    for (const word of e.words) assert.ok(ids('前。' + word + '。后').includes(e.id), word);
    for (const text of [e, ...e.steps]) assert.ok(text.zh && text.en, e.id);
    assert.ok(['red', 'orange'].includes(e.level) && e.calls.length);
    for (const number of e.calls) assert.match(number, /^\d{3,5}$/);
  }
  for (const word of HARMLESS) assert.deepEqual(ids(word), [], word);
});
