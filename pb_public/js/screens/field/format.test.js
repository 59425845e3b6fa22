import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftLine } from './format.js';

test('a draft is known by its title first, then by what is written', () => {
  assert.equal(draftLine({ title: '欠薪', summary: '三个工人' }), '欠薪');
  assert.equal(draftLine({ title: '只有标题' }), '只有标题');
  assert.equal(draftLine({ title: '  ', summary: ' 三个工人 ' }), '三个工人');
  assert.equal(draftLine({ advice: '先申请仲裁' }), '先申请仲裁');
  assert.equal(draftLine({ title: '', mode: 'onsite' }), '');
  assert.equal(draftLine({ summary: '字'.repeat(29) + '𠮷' + '多出' }), '字'.repeat(29) + '𠮷');
});
