// The office's registers: looked at, decided about, saved and printed, in a real browser.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { accessible, faultless, launch, person, startDemo } from './harness.js';

const OFFICER = 'office@demo.cunju';

test('a clerk looks at the registers, decides about a village and saves the files', async (t) => {
  const demo = await startDemo();
  t.after(() => demo.stop());
  const browser = await launch();
  t.after(() => browser.close());
  const page = await person(browser);
  await page.goto(demo.township + '/office/#/ledgers');
  await page.locator('#identity').fill(OFFICER);
  await page.locator('#password').fill(demo.logins[OFFICER]);
  await page.getByRole('button', { name: '登录' }).click();
  // The demonstration's three days may lie in the month before.
  const day = new Date(Date.now() + (8 - 4) * 3600_000).toISOString().slice(0, 10);
  await page.goto(demo.township + '/office/#/ledgers?kind=register&period=' + day.slice(0, 7));
  await page.getByRole('heading', { level: 2, name: '法律服务登记台账' }).waitFor();
  assert.ok(await page.locator('tbody tr').count() > 60);
  await accessible(page, 'ledger register');

  const waits = page.waitForEvent('download');
  await page.getByRole('button', { name: '导出 Excel' }).click();
  const saved = await waits;
  assert.match(saved.suggestedFilename(), /^cunju-register-\d{12}-\d{4}-\d\d\.xlsx$/);
  assert.equal(readFileSync(await saved.path()).subarray(0, 2).toString(), 'PK');
  const paper = page.waitForEvent('download');
  await page.getByRole('button', { name: '打印（PDF）' }).click();
  assert.equal(readFileSync(await (await paper).path()).subarray(0, 5).toString(), '%PDF-');

  await page.locator('tbody a').first().click();
  await page.waitForURL(/#\/services\/[a-z0-9]{15}/);

  await page.goto(demo.township + '/office/#/ledgers?kind=subsidy&period=' + day.slice(0, 4));
  await page.getByRole('heading', { level: 2, name: '村（居）法律顾问补贴发放表' }).waitFor();
  await page.locator('tbody select').first().selectOption('good');
  await page.getByRole('dialog').locator('#dialog-text').fill('100');
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByRole('dialog').getByRole('heading', { name: '扣减原因' }).waitFor();
  await page.getByRole('dialog').locator('#dialog-text').fill('公示牌未更新');
  await page.getByRole('button', { name: '保存' }).click();
  await page.locator('tbody tr').filter({ hasText: '公示牌未更新' }).filter({ hasText: '良好' }).first().waitFor();
  await accessible(page, 'ledger subsidy');
  await page.goto(demo.township + '/office/#/ledgers?kind=volume');
  await page.getByText('请先选择村（社区）').waitFor();
  faultless(page);
});
