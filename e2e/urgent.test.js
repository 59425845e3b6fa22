// Words of danger typed on a phone without network bring the emergency procedure onto the screen, and nothing is blocked by it.
import test from 'node:test';
import assert from 'node:assert/strict';
import { accessible, faultless, launch, pair, pairingCode, person, startDemo, until } from './harness.js';

test('urgent words show what to do, offline', { timeout: 240000 }, async (t) => {
  const demo = await startDemo();
  t.after(() => demo.stop());
  const browser = await launch();
  t.after(() => browser.close());
  const page = await person(browser, { phone: true });
  await page.goto(demo.township + '/field/#/pair/' + (await pairingCode(demo)));
  await pair(page);
  await page.getByText('双凤村').first().waitFor();
  await page.getByRole('link', { name: /记一件/ }).first().click();
  await page.locator('#f-summary').waitFor();
  await page.context().setOffline(true);

  const notes = page.locator('.note[role=alert]');
  await page.locator('#f-summary').fill('邻居砍树压坏了屋顶');
  assert.equal(await notes.count(), 0);
  await page.locator('#f-summary').fill('他说不想自杀，只想要回工钱');
  await notes.filter({ hasText: '轻生' }).waitFor();
  assert.equal(await notes.count(), 1);
  assert.equal(await page.evaluate(() => document.activeElement && document.activeElement.id), 'f-summary', 'writing goes on');
  assert.deepEqual(await notes.locator('a').evaluateAll((links) => links.map((a) => a.getAttribute('href'))), ['tel:110', 'tel:120', 'tel:12356']);
  await accessible(page, 'urgent');

  await page.locator('details.more > summary').filter({ hasText: '时间、方式' }).click();
  await page.locator('#f-title').fill('家暴后轻生');
  await notes.filter({ hasText: '家庭暴力' }).waitFor();
  assert.equal(await notes.count(), 2, 'each procedure once');
  await page.locator('#f-title').fill('');
  await page.locator('#f-summary').fill('问土地承包');
  await until(async () => (await notes.count()) === 0, 'the notes go with the words');
  faultless(page);
});
