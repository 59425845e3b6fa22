// The office revokes a phone and looks after what waits for a decision, on the nodes of the demonstration.
import test from 'node:test';
import { accessible, faultless, launch, person, startDemo } from './harness.js';

const OFFICER = 'office@demo.cunju';

test('the inbox', async (t) => {
  const demo = await startDemo();
  t.after(() => demo.stop());
  const browser = await launch();
  t.after(() => browser.close());
  const page = await person(browser);
  await page.goto(demo.township + '/office/');
  await page.locator('#identity').fill(OFFICER);
  await page.locator('#password').fill(demo.logins[OFFICER]);
  await page.getByRole('button', { name: '登录' }).click();
  const open = (name) => page.getByRole('navigation').first().getByRole('link', { name, exact: true }).click();

  await t.test('each kind says what it is, also when it is empty, in both languages', async () => {
    await open('待定');
    await page.getByRole('heading', { level: 1, name: '待定事项' }).waitFor();
    const kinds = page.getByRole('navigation', { name: '类别' });
    await kinds.waitFor();
    for (const kind of ['暂存', '冲突', '同号', '未采用', '隔离']) {
      await kinds.getByRole('link', { name: kind }).click();
      await kinds.locator('a[aria-current=page]').filter({ hasText: kind }).waitFor();
      await accessible(page, 'inbox ' + kind);
    }
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { level: 1, name: 'Inbox' }).waitFor();
    await accessible(page, 'inbox en');
    await page.getByRole('button', { name: '中文' }).click();
  });

  await t.test('a conflict lies side by side and is decided by keyboard', async () => {
    // The server's part is proven in Go; here two long texts are needed on the page.
    const value = (text, by) => ({ text, hidden: false, long: true, by, at: 1763950000000 });
    let items = [{ kind: 'conflict', id: 7, at: 1763950000000, made: 1763950000000, install: 'x', phone: '手机', install_state: 'active', staff_name: '张三', region: '500238101201',
      place: '柳园村', code: '', edits: [{ collection: 'services', record: 'aaaaaaaaaaaaaa1', creates: false, fields: ['advice'] }], sealed: false, undo: false, size: 0,
      lost: value('甲的长文字。'.repeat(40), '张三'), stands: value('乙的长文字。'.repeat(40), '李四') }];
    await page.route('**/api/office/inbox?kind=conflict', (r) => r.fulfill({ json: { kind: 'conflict', counts: { conflict: items.length }, items } }));
    await page.route('**/api/office/inbox/conflict/7/keep', (r) => { items = []; r.fulfill({ json: {} }); });
    await page.getByRole('navigation', { name: '类别' }).getByRole('link', { name: '冲突' }).click();
    const card = page.locator('article').first();
    await card.waitFor();
    await page.locator('h1').focus();
    await page.keyboard.press('j');
    await card.getByRole('heading', { name: '没有生效的内容' }).waitFor();
    await card.getByRole('heading', { name: '现在的内容' }).waitFor();
    await accessible(page, 'conflict');
    await card.getByRole('button', { name: '保持现在的' }).press('Enter');
    await card.waitFor({ state: 'detached' });
  });

  await t.test('a phone is revoked with a reason', async () => {
    await open('手机');
    await page.getByRole('heading', { level: 1, name: '手机' }).waitFor();
    const row = page.locator('tbody tr').filter({ has: page.getByRole('button') }).first();
    await row.getByRole('button').click();
    await page.locator('#dialog-text').fill('手机丢失');
    await accessible(page, 'revoke');
    await page.locator('dialog').getByRole('button', { name: '停用' }).click();
    await page.locator('tbody .badge.bad').first().waitFor();
    await accessible(page, 'phones');
  });
  faultless(page);
});
