// The scripted day: what the phones saved, what both nodes hold, and a program that leaves nothing behind.
import test from 'node:test';
import assert from 'node:assert/strict';
import { run } from './harness.js';

test('the demonstration ends with everything acknowledged at both nodes', { timeout: 240000 }, async () => {
  const { code, out } = await run(['demo', '--once', '--port', '0']);
  assert.equal(code, 0, out);
  const last = JSON.parse(out.trim().split('\n').pop());
  assert.ok(last.services >= 200, JSON.stringify(last));
  assert.equal(last.acknowledged_township, last.services);
  assert.equal(last.acknowledged_city, last.services);
  assert.ok(last.documents > 20 && last.ratings > 20, JSON.stringify(last));
  assert.equal(last.missing, 0);
  assert.equal(last.checkpoints_equal, true);
});

test('a folder with something in it is not taken for the demonstration', async () => {
  const { code, out } = await run(['demo', '--once', '--port', '0', '--dir', '.']);
  assert.equal(code, 1);
  assert.match(out, /not empty/);
});
