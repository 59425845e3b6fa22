// A day without network: 20 services, 5 photos, the browser killed twice, the storage full once. Then the line comes back.
import test from 'node:test';
import assert from 'node:assert/strict';
import { faultless, logIn, startDemo, until, ask } from './harness.js';
import { lying, oracle, photo, ready, reopen, startPhone, write } from './phone.js';

test('a day offline loses nothing', { timeout: 240000 }, async (t) => {
  const demo = await startDemo();
  t.after(() => demo.stop());
  const phone = await startPhone(t);
  let { page } = phone;
  await ready(page, demo);
  const before = (await lying(page)).changes.length;
  await phone.context.setOffline(true);

  for (let n = 1; n <= 7; n++) {
    await write(page, `离线第 ${n} 件：在工地做工，老板拖欠工资。`);
    if (n <= 3) { await photo(page, n); await page.getByText('附件已保存').waitFor(); }
  }
  // Killed in the middle of a form: what was written last is at most one field behind.
  await page.goto(page.url().split('#')[0] + '#/today');
  await page.getByRole('link', { name: /^在.*记一件服务/ }).first().click();
  await page.locator('#f-summary').fill('写到一半');
  await page.getByText('草稿已自动保存').first().waitFor();
  await phone.kill();
  page = await phone.open();
  await phone.context.setOffline(true);

  // Full, but for a little: the photo is refused whole and said so, the text is still saved.
  const origin = demo.township;
  const { usage } = await phone.ask('Storage.getUsageAndQuota', { origin });
  await phone.ask('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + 2 * 1024 * 1024 });
  await reopen(page, demo);
  await page.getByText('写到一半').first().waitFor();
  for (let n = 8; n <= 14; n++) await write(page, `离线第 ${n} 件：在工地做工，老板拖欠工资。`);
  let kept = 3;
  for (const full = page.getByText('手机空间不足'); !(await full.isVisible());) {
    assert.ok(kept < 24, 'the storage never became full');
    await photo(page, 10 + kept);
    await page.getByText('附件已保存').or(full).first().waitFor();
    if (!(await full.isVisible())) kept += 1;
    await page.getByText('附件已保存').waitFor({ state: 'hidden' });
  }
  await write(page, '离线第 15 件：在工地做工，老板拖欠工资。');
  assert.equal((await lying(page)).files.length, kept, 'nothing of the refused photo is kept');

  await phone.kill();
  page = await phone.open();
  await phone.context.setOffline(true);
  await reopen(page, demo);
  for (let n = 16; n <= 20; n++) {
    await write(page, `离线第 ${n} 件：在工地做工，老板拖欠工资。`);
    if (n >= 19) { await photo(page, n); await page.getByText('附件已保存').waitFor(); }
  }
  const saved = await lying(page);
  assert.ok(saved.files.every((f) => f.size <= 300 * 1024), 'photos are light');
  assert.equal(saved.changes.length - before, 20 + kept + 2);

  await phone.context.setOffline(false);
  const end = await oracle(page, { changes: before + 22 + kept, files: kept + 2 });
  await atTheOffice(demo, end);
  faultless(page);
});

/** The township has each service once, with its number from the phone, and each photo whole. */
async function atTheOffice(demo, end) {
  const { token } = await logIn(demo.township, 'office@demo.cunju', demo.logins['office@demo.cunju']);
  const ids = end.changes.flatMap((c) => c.recs).filter((k) => k.startsWith('services/')).map((k) => k.slice(9));
  assert.equal(new Set(ids).size, 20);
  const numbers = new Set();
  for (const id of ids) {
    const { status, body } = await ask('GET', `${demo.township}/api/collections/services/records/${id}`, undefined, token);
    assert.equal(status, 200);
    numbers.add(body.device_no);
  }
  assert.equal(numbers.size, 20, 'no number used twice');
  for (const file of end.files) {
    const list = await until(async () => {
      const { body } = await ask('GET', `${demo.township}/api/office/attachments?service=${file.service}`, undefined, token);
      return body.items && body.items.every((i) => i.state === 'here') && body.items;
    }, 'the photo is at the office');
    assert.ok(list.some((i) => i.size === file.size));
  }
}
