// Work that waits without a network goes to the office as a file and comes back as an answer; a village that is taken away keeps its unsent work until it has arrived.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { accessible, faultless, logIn, startDemo } from './harness.js';
import { lying, oracle, ready, startPhone, write } from './phone.js';

test('a file carries the unsent to the office and the receipts back', { timeout: 180000 }, async (t) => {
  const demo = await startDemo();
  t.after(() => demo.stop());
  const phone = await startPhone(t);
  const { page } = phone;
  await ready(page, demo);
  const before = (await lying(page)).changes.length;
  await phone.context.setOffline(true);
  for (let n = 1; n <= 2; n++) await write(page, `带去的第 ${n} 件：在工地做工，老板拖欠工资。`);
  await page.goto(page.url().split('#')[0] + '#/sync');
  await page.getByRole('heading', { name: '用文件带去' }).waitFor();
  await accessible(page, 'sync with work that waits');
  const given = page.waitForEvent('download');
  await page.getByRole('button', { name: '导出未发送' }).click();
  const file = readFileSync(await (await given).path());
  assert.ok(!file.includes('带去的'), 'the file is sealed');

  const { token } = await logIn(demo.township, 'office@demo.cunju', demo.logins['office@demo.cunju']);
  const answer = await fetch(demo.township + '/api/cunju/bundles', { method: 'POST', headers: { Authorization: token }, body: file });
  assert.equal(answer.status, 200);
  const back = Buffer.from(await answer.arrayBuffer());
  const damaged = Buffer.from(back);
  damaged[damaged.length - 1] ^= 1;
  await page.locator('#carry-pick').setInputFiles({ name: 'a.cunju', mimeType: 'application/octet-stream', buffer: damaged });
  await page.getByRole('alert').filter({ hasText: '文件读不出来' }).waitFor();
  assert.equal((await lying(page)).changes.filter((c) => c.state === 'unsent').length, 2, 'a damaged answer changes nothing');
  await page.locator('#carry-pick').setInputFiles({ name: 'a.cunju', mimeType: 'application/octet-stream', buffer: back });
  await page.getByText(/已导入 \d 张回执/).waitFor(); // one a batch, and a record whose code was shown is sealed at once
  assert.equal((await lying(page)).changes.filter((c) => c.state === 'unsent').length, 0, 'every change has its receipt without any network');
  await phone.context.setOffline(false);
  await oracle(page, { changes: before + 2 });
  faultless(page);
});
