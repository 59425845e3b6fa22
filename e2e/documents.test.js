// A document is filed at the desk, and anybody checks it by its code.
import test from 'node:test';
import assert from 'node:assert/strict';
import { accessible, ask, faultless, launch, logIn, person, startDemo } from './harness.js';

const OFFICER = 'office@demo.cunju';

test('the office files a document and a stranger checks its code', async (t) => {
  const demo = await startDemo();
  t.after(() => demo.stop());
  const browser = await launch();
  t.after(() => browser.close());
  const page = await person(browser);
  await page.goto(demo.township + '/office/#/documents');
  await page.locator('#identity').fill(OFFICER);
  await page.locator('#password').fill(demo.logins[OFFICER]);
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByRole('navigation').first().waitFor();
  const { token } = await logIn(demo.township, OFFICER, demo.logins[OFFICER]);
  for (const state of ['submitted', 'filed']) {
    await page.goto(demo.township + '/office/#/documents?state=' + state);
    await page.getByRole('heading', { level: 1, name: '文书' }).waitFor();
    if (state === 'submitted') {
      await page.getByRole('button', { name: '归档', exact: true }).first().waitFor();
      await accessible(page, 'documents to be filed');
      await page.getByRole('button', { name: '归档', exact: true }).first().click();
      await page.getByRole('dialog').getByRole('button', { name: '归档', exact: true }).click();
      await page.getByText(/已归档，编号 \d{6}-\d{4}-W\d{8}/).waitFor({ state: 'attached' });
    }
  }
  await page.getByText('核对码', { exact: true }).first().click();
  await page.getByRole('img', { name: '文书核对码' }).first().waitFor();
  await accessible(page, 'filed documents');
  const { body } = await ask('GET', demo.township + '/api/office/documents?state=filed', undefined, token);
  const path = '/D/' + body.items[0].url.split('/D/')[1];
  const stranger = await person(browser);
  await stranger.goto(demo.township + path);
  await stranger.getByRole('heading', { level: 1, name: '这份文书是真的' }).waitFor();
  await accessible(stranger, 'document page');
  assert.equal((await ask('GET', demo.township + path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A'))).status, 404);
  faultless(page);
});
