// The main job, end to end: one service travels from a phone without network to the city, and is rated on the way.
import test from 'node:test';
import assert from 'node:assert/strict';
import { accessible, faultless, launch, pair, pairingCode, person, picture, startDemo, unlock, until } from './harness.js';

const SUMMARY = '在外省工地做了四个月，老板拖欠工资，电话也不接了，手上有考勤照片。';
const ADVICE = '保留考勤和转账记录，向劳动保障监察投诉；追索劳动报酬可以申请法律援助，不审查经济困难。';

test('a service travels from a phone without network to the city and is rated', { timeout: 240000 }, async (t) => {
  const demo = await startDemo();
  t.after(() => demo.stop());
  const browser = await launch();
  t.after(() => browser.close());
  const before = await cityTotal(browser, demo);

  const phone = await person(browser, { phone: true });
  const rating = await logOffline(phone, demo);
  await rate(browser, demo, rating);
  await phone.context().setOffline(false);
  await phone.getByText('✓✓✓').first().waitFor({ timeout: 60000 });
  await picture(phone, 'phone-city');
  faultless(phone);

  await verifyAtTheOffice(browser, demo);
  await until(async () => (await cityTotal(browser, demo)) === before + 1, 'the city counts one more');
});

/** Pairs, cuts the network, opens the app cold, logs a service in at most 8 taps and under a minute, and returns the code's address. */
async function logOffline(page, demo) {
  await page.goto(demo.township + '/field/#/pair/' + (await pairingCode(demo)));
  await page.getByRole('button', { name: /配对/ }).waitFor();
  await accessible(page, 'pairing');
  await picture(page, 'phone-pair');
  await pair(page);
  await page.getByText('双凤村').first().waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await until(() => page.evaluate(async () => {
    for (const name of await caches.keys()) if (await (await caches.open(name)).match('/field/')) return true;
    return false;
  }), 'the app lies on the phone');

  await page.context().setOffline(true);
  await page.goto('about:blank');
  await page.goto(demo.township + '/field/');
  await page.locator('#pin').waitFor();
  await accessible(page, 'lock');
  await unlock(page);
  await page.getByText('双凤村').first().waitFor();
  await accessible(page, 'today');
  await picture(page, 'phone-today');

  const begun = Date.now();
  let taps = 0;
  const tap = async (locator) => { taps += 1; await locator.tap(); };
  await tap(page.getByRole('link', { name: /记一件/ }).first());
  await tap(page.locator('#f-summary'));
  await page.keyboard.insertText(SUMMARY);
  await tap(page.getByRole('button', { name: '拖欠工资与农民工欠薪' }));
  await tap(page.locator('#f-advice'));
  await page.keyboard.insertText(ADVICE);
  await tap(page.getByRole('radio', { name: '当场解答' }));
  await picture(page, 'phone-log');
  await accessible(page, 'log');
  await tap(page.getByRole('button', { name: /^保存/ }));
  await page.locator('.code-card .code').waitFor();
  assert.ok(taps <= 8, taps + ' taps');
  assert.ok(Date.now() - begun < 60000, 'under a minute');
  await page.getByText('已存本机').first().waitFor();
  await accessible(page, 'record');
  await picture(page, 'phone-code');
  const text = (await page.locator('.code-card .code').innerText()).replace(/\s/g, '');
  assert.match(text, /^[A-Z2-7]{39}$/);
  return '/R/' + text;
}

/** A resident with a phone of their own scans at the city, before the record has left the counsel's phone. */
async function rate(browser, demo, address) {
  const page = await person(browser, { phone: true });
  await until(async () => {
    await page.goto(demo.city + address);
    return page.getByRole('radio', { name: '非常满意' }).isVisible();
  }, 'the city knows the phone');
  await page.getByText('路上').first().waitFor();
  await accessible(page, 'rating');
  await picture(page, 'resident-rate');
  for (const word of ['工地', '拖欠工资', '考勤']) assert.ok(!(await page.textContent('main')).includes(word), 'nothing of the matter: ' + word);
  await page.getByRole('radio', { name: '满意', exact: true }).tap();
  await page.getByRole('button', { name: /提交/ }).tap();
  await page.getByRole('heading', { level: 1 }).filter({ hasText: '谢' }).waitFor();
  await accessible(page, 'thanks');
  await picture(page, 'resident-thanks');
  faultless(page);
  await page.context().close();
}

/** The officer finds the record, sees it whole with personal data masked and the rating joined, prints it, verifies it. */
async function verifyAtTheOffice(browser, demo) {
  const page = await person(browser, { viewport: { width: 1366, height: 768 } });
  await signIn(page, demo.township + '/office/', 'office@demo.cunju', demo.logins['office@demo.cunju']);
  const row = page.getByRole('link', { name: '拖欠工资与农民工欠薪' }).first();
  await row.waitFor();
  await accessible(page, 'office today');
  await picture(page, 'office-today');
  await row.click();
  await page.getByText(SUMMARY).waitFor();
  await page.getByText('满意').first().waitFor();
  await accessible(page, 'office record');
  await picture(page, 'office-record');
  const printed = page.waitForResponse((r) => r.url().includes('/sheet.pdf'));
  await page.getByRole('button', { name: /PDF/ }).or(page.getByRole('link', { name: /PDF/ })).first().click();
  const sheet = await printed;
  assert.equal(sheet.status(), 200);
  assert.match(sheet.headers()['content-type'], /application\/pdf/);
  await page.bringToFront();
  await page.getByRole('button', { name: '核验通过' }).click();
  const sure = page.getByRole('dialog').getByRole('button', { name: /核验|确定/ });
  if (await sure.isVisible().catch(() => false)) await sure.click();
  await page.getByText(/500238-2026-/).first().waitFor();
  faultless(page);
  await page.context().close();
}

/** The number of services that the city counts. */
async function cityTotal(browser, demo) {
  const page = await person(browser, { viewport: { width: 1366, height: 768 } });
  await signIn(page, demo.city + '/city/', 'city@demo.cunju', demo.logins['city@demo.cunju']);
  await page.getByText('凤凰镇').first().waitFor();
  await accessible(page, 'city');
  await picture(page, 'city');
  const text = await page.textContent('main');
  faultless(page);
  await page.context().close();
  return Number(/(\d+)\s*服务记录/.exec(text)[1]);
}

async function signIn(page, url, login, password) {
  await page.goto(url);
  await page.locator('input[type=password]').waitFor();
  await page.locator('input').first().fill(login);
  await page.locator('input[type=password]').fill(password);
  await page.keyboard.press('Enter');
}
