// Phones that are taken back, and phones whose browser threw everything away.
import test from 'node:test';
import assert from 'node:assert/strict';
import { accessible, ask, faultless, logIn, post, startDemo, unlock } from './harness.js';
import { lying, ready, startPhone, write } from './phone.js';

test('a revoked phone lets its own work out, then forgets all; an emptied one says so', { timeout: 180000 }, async (t) => {
  const demo = await startDemo();
  t.after(() => demo.stop());
  const phone = await startPhone(t);
  const { page } = phone;
  await ready(page, demo);
  const { token } = await logIn(demo.township, 'admin@demo.cunju', demo.logins['admin@demo.cunju']);
  const mine = (await lying(page, ['batches', 'meta'])).meta.find((row) => row.k === 'key').v.id;
  await phone.context.setOffline(true);
  await write(page, '停用前写下的：在工地做工，老板拖欠工资。');
  const id = page.url().split('/').pop();
  const revoked = await post(`${demo.township}/api/office/phones/${mine}/revoke`, { reason: '手机遗失' }, token);
  assert.equal(revoked.status, 200, JSON.stringify(revoked.body));
  await phone.context.setOffline(false);
  await page.getByText('本机已被司法所停用').waitFor();
  await accessible(page, 'a wiped phone');
  const databases = await page.evaluate(async () => (await indexedDB.databases()).map((d) => d.name));
  assert.deepEqual(databases.filter((name) => /^cunju-[a-z0-9]{15}$/.test(name)), [], 'the store is gone');
  const inbox = await ask('GET', demo.township + '/api/office/inbox?kind=held', undefined, token);
  assert.ok(JSON.stringify(inbox.body).includes(id), 'its last work waits in the inbox');

  await ready(page, demo, '田小芳');
  await page.reload();
  await unlock(page);
  await page.locator('.village-name').first().waitFor();
  await page.goto('about:blank');
  await phone.ask('Storage.clearDataForOrigin', { origin: demo.township, storageTypes: 'indexeddb,cache_storage' });
  await page.goto(demo.township + '/field/');
  await page.getByText('本机的数据被浏览器清除了').waitFor();
  await accessible(page, 'an emptied phone');
  faultless(page);
});
