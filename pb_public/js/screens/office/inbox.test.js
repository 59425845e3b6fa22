import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMessages, setLang } from '../../i18n/i18n.js';
import { KINDS, total, why } from './inbox.js';
import { mayDecide, pathOf } from './inbox-decide.js';
import { session } from './session.js';
import * as texts from './texts-inbox.js';

addMessages(texts);
setLang('zh');

test('the count of the page is all that waits', () => {
  assert.equal(total({ held: 1, conflict: 2, fork: 0, refused: 4, quarantine: 0 }), 7);
  assert.equal(total({}), 0);
});

test('every kind says what it is and what to do when nothing is there', () => {
  for (const { zh, en } of [texts]) {
    for (const table of [zh, en]) for (const kind of KINDS) assert.ok(table['office.inbox.' + kind] && table['office.inbox.' + kind + '.why'] && table['office.inbox.empty.' + kind], kind);
  }
});

test('a reason is worded, a rule that has no words keeps its name', () => {
  assert.equal(why('refused:rights'), '当时没有这个村的权限');
  assert.equal(why('refused:rule:duration'), 'duration');
});

test('actions go where the server takes them', () => {
  assert.equal(pathOf({ kind: 'fork', id: 3 }, 'both'), '/api/office/inbox/fork/3/both');
});

test('a supervisor looks and does not decide', () => {
  session.value = null;
  assert.equal(mayDecide(), false);
  session.value = { token: 'x', staff: { id: 's', name: 'n', role: 'supervisor', region: '' } };
  assert.equal(mayDecide(), false);
  session.value = { token: 'x', staff: { id: 's', name: 'n', role: 'officer', region: '' } };
  assert.equal(mayDecide(), true);
  session.value = null;
});
