// What lies on a phone says nothing about anybody; the PIN opens it, a wrong one does not; two people on one phone stay apart.
import test from 'node:test';
import assert from 'node:assert/strict';
import { accessible, faultless, launch, pair, pairingCode, person, PIN, startDemo, unlock, until } from './harness.js';

const SUMMARY = '冉光美来问土地流转合同，电话一三九。';

/** All that lies in every database and every cache of the origin, bytes as text of both encodings. */
function everythingOn(page) {
  return page.evaluate(async () => {
    const texts = [];
    const bytes = (b) => { texts.push(new TextDecoder('latin1').decode(b), new TextDecoder().decode(b), new TextDecoder('utf-16le').decode(b)); };
    const walk = (value) => {
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) bytes(value);
      else if (value instanceof CryptoKey) texts.push(value.extractable ? 'extractable key' : '');
      else if (value && typeof value === 'object') for (const [k, v] of Object.entries(value)) { texts.push(k); walk(v); } else texts.push(String(value));
    };
    let rows = 0;
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise((done, fail) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); r.onerror = () => fail(r.error); });
      for (const table of db.objectStoreNames) {
        const all = await new Promise((done) => { const r = db.transaction(table).objectStore(table).getAll(); r.onsuccess = () => done(r.result); });
        rows += all.length;
        all.forEach(walk);
      }
      db.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) texts.push(request.url, /pack|text|json/.test(request.url) ? await (await cache.match(request)).text() : '');
    }
    for (let i = 0; i < localStorage.length; i++) texts.push(localStorage.key(i), localStorage.getItem(localStorage.key(i)));
    return { rows, text: texts.join('\n') };
  });
}

test('a phone tells nothing without its PIN', { timeout: 240000 }, async (t) => {
  const demo = await startDemo();
  t.after(() => demo.stop());
  const browser = await launch();
  t.after(() => browser.close());
  const page = await person(browser, { phone: true });
  await page.goto(demo.township + '/field/#/pair/' + (await pairingCode(demo)));
  await page.getByRole('button', { name: '配对', exact: true }).click();
  await page.locator('#pin-new').fill('123456');
  await page.locator('#pin-again').fill('123456');
  await page.getByRole('button', { name: '设好并继续' }).click();
  await page.getByText('太容易猜到').waitFor();
  await accessible(page, 'choosing a PIN');
  await page.goBack();
  await page.goto(demo.township + '/field/#/pair/' + (await pairingCode(demo)));
  await page.reload();
  await pair(page);
  await page.getByText('双凤村').first().waitFor();
  await page.getByText('全部已送达').first().waitFor();
  await page.getByRole('link', { name: /记一件/ }).first().click();
  await page.locator('#f-summary').fill(SUMMARY);
  await page.getByText('草稿已自动保存').first().waitFor();

  const secrets = [SUMMARY, SUMMARY.slice(0, 3), '王𬭩', '双凤村', '大宁河', '138000'];
  const lying = await everythingOn(page);
  assert.ok(lying.rows > 50, 'the dump sees the store: ' + lying.rows);
  for (const word of secrets) assert.ok(!lying.text.includes(word), 'lies open: ' + word);
  assert.ok(!lying.text.includes('extractable key'));

  await page.reload();
  await page.locator('#pin').waitFor();
  assert.equal(await page.getByText('双凤村').count(), 0);
  await unlock(page, '480264');
  await page.getByText('密码不对').waitFor();
  await accessible(page, 'a wrong PIN');
  await unlock(page);
  await page.locator('#f-summary').waitFor();
  assert.equal(await page.locator('#f-summary').inputValue(), SUMMARY, 'what was being typed is there again');

  await page.goto(demo.township + '/field/#/settings');
  await page.getByRole('button', { name: '现在上锁' }).click();
  await page.locator('#pin').waitFor();
  for (let i = 0; i < 5; i++) {
    await unlock(page, '999888');
    await page.getByRole('alert').filter({ hasText: i < 4 ? '密码不对' : '输错多次' }).waitFor();
    await until(() => page.getByRole('button', { name: '打开', exact: true }).isVisible(), 'the answer is there');
  }
  await page.reload();
  await page.getByText('输错多次').waitFor();
  assert.ok(await page.getByRole('button', { name: '打开', exact: true }).isDisabled(), 'a reload does not give another try');

  await second(page, demo);
  faultless(page);
});

/** Another counsel on the same phone: a store of their own, nothing of the first one's. */
async function second(page, demo) {
  await page.getByRole('button', { name: '换一个人用' }).click();
  await page.locator('#pair-code').fill(await pairingCode(demo, '田小芳'));
  await pair(page);
  await page.getByText('我的村').first().waitFor();
  await page.getByText('全部已送达').first().waitFor();
  assert.equal(await page.getByText('没写完的').count(), 0, 'the first one\'s draft is not here');
  await page.reload();
  await page.getByRole('radio', { name: '田＊＊' }).waitFor();
  await page.getByRole('radio', { name: '王＊' }).waitFor();
  await page.getByRole('radio', { name: '田＊＊' }).check();
  await unlock(page, PIN);
  await page.getByText('我的村').first().waitFor();
}
