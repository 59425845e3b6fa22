// A day at the desks: the township's officer and administrator, the city's administrator, on the nodes of the demonstration.
import test from 'node:test';
import assert from 'node:assert/strict';
import { accessible, ask, faultless, launch, logIn, openPage, pair, person, picture, post, startDemo, unlock, until } from './harness.js';

const OFFICER = 'office@demo.cunju';
const ADMIN = 'admin@demo.cunju';
const CITY = 'city@demo.cunju';

/** Logs in at a page as a person would, and waits for its first screen. */
async function enter(page, url, login, password) {
  await page.goto(url);
  await page.locator('#identity').fill(login);
  await page.locator('#password').fill(password);
  await page.getByRole('button', { name: '登录' }).click();
  await page.getByRole('navigation').waitFor();
}

/** Opens a screen by its place in the bar. */
async function open(page, place, heading = place) {
  await page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
}

/** Both languages of the screen in front pass axe; Chinese again afterwards. */
async function bothLanguages(page, name) {
  await accessible(page, name + ' zh');
  await page.getByRole('button', { name: 'English' }).click();
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  await accessible(page, name + ' en');
  await page.getByRole('button', { name: '中文' }).click();
}

/** The audit rows of an action, as an administrator reads them. */
async function audited(demo, action) {
  const { token } = await logIn(demo.township, ADMIN, demo.logins[ADMIN]);
  const filter = encodeURIComponent(`action = "${action}"`);
  const { body } = await ask('GET', `${demo.township}/api/collections/audit/records?filter=${filter}&perPage=200`, undefined, token);
  return body.items;
}

test('the desks of the office and the city', async (t) => {
  const demo = await startDemo();
  t.after(() => demo.stop());
  const browser = await launch();
  t.after(() => browser.close());

  await t.test('a wrong password says what to do, the right one leads to today', async () => {
    const page = await person(browser);
    await page.goto(demo.township + '/office/');
    await page.locator('#identity').fill(OFFICER);
    await page.locator('#password').fill('not-the-password');
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByRole('alert').filter({ hasText: '账号或密码不正确' }).waitFor();
    await accessible(page, 'login zh');
    await enter(page, demo.township + '/office/', OFFICER, demo.logins[OFFICER]);
    await page.getByRole('heading', { level: 1, name: '今日' }).waitFor();
    // Shortly after midnight today is empty; four hours ago the demonstration's counsel were at work.
    const day = new Date(Date.now() + (8 - 4) * 3600_000).toISOString().slice(0, 10);
    await page.goto(demo.township + '/office/#/today?date=' + day);
    await page.locator('a.open').first().waitFor();
    assert.match(await page.locator('.doors').textContent(), /\d+待核验/);
    await bothLanguages(page, 'today');
    faultless(page);
    await page.context().close();
  });

  await t.test('a record is opened by keyboard, revealed for a purpose, printed and returned with a reason', async () => {
    const page = await person(browser);
    await enter(page, demo.township + '/office/#/services?state=submitted', OFFICER, demo.logins[OFFICER]);
    await page.locator('a.open').first().waitFor();
    await bothLanguages(page, 'records');
    await page.keyboard.press('j');
    const title = await page.evaluate(() => document.activeElement.textContent);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await bothLanguages(page, 'record');

    const before = (await audited(demo, 'service.reveal')).length;
    await page.getByRole('button', { name: '显示完整信息' }).click();
    await page.getByLabel('用途').fill('电话回访核实');
    await accessible(page, 'reveal dialog');
    await page.getByRole('dialog').getByRole('button', { name: '显示' }).click();
    await page.getByRole('button', { name: '隐去个人信息' }).waitFor();
    const rows = await audited(demo, 'service.reveal');
    assert.equal(rows.length, before + 1);
    const id = new URL(page.url()).hash.split('/')[2];
    assert.ok(rows.some((row) => row.record === id && row.purpose === '电话回访核实'));

    const sheet = page.waitForResponse((answer) => answer.url().endsWith('/sheet.pdf'));
    const tab = page.waitForEvent('popup');
    await page.getByRole('button', { name: '打印记录（PDF）' }).click();
    const answer = await sheet;
    assert.equal(answer.status(), 200);
    assert.equal(answer.headers()['content-type'], 'application/pdf');
    await (await tab).close();

    await page.getByRole('button', { name: '退回', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: '退回' }).click();
    await page.getByText('请填写此项').waitFor();
    await page.getByLabel('退回原因').fill('缺当事人签名');
    await page.getByRole('dialog').getByRole('button', { name: '退回' }).click();
    await page.locator('.badge', { hasText: '已退回' }).waitFor();
    await page.getByText('缺当事人签名').waitFor();
    await accessible(page, 'returned record');
    faultless(page);
    await page.context().close();
  });

  await t.test('a paper slip is entered, what is missing is named, what the paper says is kept', async () => {
    const page = await person(browser);
    await enter(page, demo.township + '/office/', OFFICER, demo.logins[OFFICER]);
    await open(page, '补录纸质单');
    await page.getByLabel('服务类型').selectOption('CONSULT');
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: '还差：' }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'f-region', 'the first wrong field takes the focus');
    await bothLanguages(page, 'slip with errors');

    await page.locator('#f-region').selectOption({ index: 2 });
    await page.locator('#f-counsel').selectOption({ index: 1 });
    await page.locator('#f-occurred_at').fill('2026-01-05T09:30');
    await page.locator('#f-client_name').fill('王大姐');
    await page.locator('#f-client_id_no').fill('500238199001010011');
    await page.locator('#f-summary').fill('工地欠薪三个月，老板不接电话。');
    await page.getByRole('button', { name: '拖欠工资与农民工欠薪' }).click();
    await page.locator('#f-advice').fill('先到劳动监察大队投诉，留好考勤和聊天记录。');
    await page.getByRole('radio', { name: '当场解答' }).check();
    await open(page, '手机');
    await open(page, '补录纸质单');
    assert.equal(await page.locator('#f-client_name').inputValue(), '王大姐', 'half a slip survives a look at another screen');
    await picture(page, 'office-slip');
    await page.getByRole('button', { name: '保存', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: '身份证号码不正确' }).waitFor();
    await accessible(page, 'slip with a wrong number');
    await page.getByRole('button', { name: '纸上就是这样写的，照样保存' }).click();
    await page.locator('.badge', { hasText: '待核验' }).waitFor();
    await page.locator('.badge', { hasText: '补录' }).waitFor();
    await page.getByText('2026-01-05 09:30').waitFor();
    await open(page, '补录纸质单');
    assert.equal(await page.locator('#f-kind').inputValue(), '', 'a saved slip leaves nothing behind');
    faultless(page);
    await page.context().close();
  });

  await t.test('an administrator adds an officer, who logs in and is locked out when disabled', async () => {
    const page = await person(browser);
    await enter(page, demo.township + '/office/', ADMIN, demo.logins[ADMIN]);
    await open(page, '人员');
    await page.getByRole('link', { name: '田小芳' }).waitFor();
    await bothLanguages(page, 'staff');
    await picture(page, 'office-staff');
    await page.getByRole('button', { name: '新增工作人员' }).click();
    await page.getByRole('button', { name: '建立账号' }).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'name');
    await accessible(page, 'new account with errors');
    await page.getByLabel('姓名').fill('牟春梅');
    await page.getByLabel('登录邮箱').fill('mou@sfs.example');
    await page.getByRole('radio', { name: '司法所工作人员' }).check();
    await page.getByRole('button', { name: '建立账号' }).click();
    const password = await page.locator('#secret').textContent();
    await accessible(page, 'first password');
    await page.getByRole('button', { name: '已抄下，关闭' }).click();
    assert.ok(!(await page.content()).includes(password), 'it is shown once');

    const other = await person(browser);
    await enter(other, demo.township + '/office/', 'mou@sfs.example', password);
    await other.getByRole('heading', { level: 1, name: '今日' }).waitFor();
    await other.getByRole('link', { name: /牟春梅/ }).click();
    await other.getByLabel('原密码').fill(password);
    await other.getByLabel('新密码', { exact: true }).fill('tree-7-river-lamp');
    await other.getByLabel('再输一次新密码').fill('tree-7-river-lamp');
    await bothLanguages(other, 'my account');
    await other.getByRole('button', { name: '修改密码' }).click();
    await other.getByText('密码已修改，请用新密码登录').waitFor();
    await enter(other, demo.township + '/office/', 'mou@sfs.example', 'tree-7-river-lamp');

    await page.getByRole('link', { name: '牟春梅' }).click();
    await page.getByRole('button', { name: '停用账号' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '停用账号' }).click();
    await page.getByText('账号已停用').waitFor();
    await bothLanguages(page, 'disabled account');
    // The next thing that the page asks for ends the session, be it the click or the page's own look for news.
    await Promise.race([other.getByRole('navigation').getByRole('link', { name: '手机', exact: true }).click(), other.getByText('登录已过期').waitFor()]);
    await other.getByText('登录已过期').waitFor();
    const refused = await post(demo.township + '/api/collections/staff/auth-with-password', { identity: 'mou@sfs.example', password: 'tree-7-river-lamp' });
    assert.ok(refused.status >= 400);
    assert.equal((await audited(demo, 'staff.add')).length, 1);
    assert.equal((await audited(demo, 'staff.disable')).length, 1);
    faultless(page);
    faultless(other);
    await page.context().close();
    await other.context().close();
  });

  await t.test('a village that is ended leaves the counsel\'s phone', async () => {
    const phone = await person(browser, { phone: true });
    await phone.goto(demo.field);
    await pair(phone);
    await until(async () => (await phone.locator('.village-name').count()) === 2, 'two villages on the phone');
    const page = await person(browser);
    await enter(page, demo.township + '/office/', ADMIN, demo.logins[ADMIN]);
    await open(page, '人员');
    await page.getByRole('link', { name: '王𬭩' }).click();
    await page.getByRole('button', { name: /结束指派 / }).first().click();
    await page.getByRole('radio', { name: '立即' }).check();
    await bothLanguages(page, 'ending an assignment');
    await picture(page, 'office-person');
    await page.locator('form').getByRole('button', { name: '结束指派' }).click();
    await page.locator('.badge', { hasText: '补交期' }).waitFor();
    await phone.reload();
    await unlock(phone);
    await until(async () => (await phone.locator('.village-name').count()) === 1, 'one village is left on the phone');
    faultless(page);
    faultless(phone);
    await page.context().close();
    await phone.context().close();
  });

  await t.test('the node says that it has joined; a wrong code is explained', async () => {
    const page = await person(browser);
    await enter(page, demo.township + '/office/', ADMIN, demo.logins[ADMIN]);
    await open(page, '本节点');
    await page.getByRole('heading', { name: '已加入市中心' }).waitFor();
    await bothLanguages(page, 'node');
    await page.getByText('重新加入', { exact: true }).click();
    await page.getByLabel('邀请码').fill('1234');
    await page.getByRole('button', { name: '加入市中心' }).click();
    await page.getByText('邀请码有 16 位').waitFor();
    await page.getByLabel('邀请码').fill('ABCD EFGH JKMN PQRS');
    await page.getByRole('button', { name: '加入市中心' }).click();
    await page.getByRole('alert').filter({ hasText: '配对码不正确' }).waitFor();
    await accessible(page, 'node with an error');
    faultless(page);
    await page.context().close();
  });

  await t.test('the city sees counts and lag, invites a township, adds a supervisor', async () => {
    const page = await person(browser);
    await enter(page, demo.city + '/city/', CITY, demo.logins[CITY]);
    await page.getByText('服务记录').first().waitFor();
    const total = Number(await page.locator('.stat b').first().textContent());
    assert.ok(total >= JSON.parse(demo.tally).services, 'all records of the day are counted: ' + total);
    await page.getByRole('region', { name: '各乡镇进度' }).getByText('凤凰镇').waitFor();
    await bothLanguages(page, 'city overview');

    await open(page, '邀请乡镇');
    await page.getByRole('button', { name: '生成邀请码' }).click();
    await page.getByRole('alert').filter({ hasText: '请先选择' }).waitFor();
    await page.getByLabel('区县').selectOption({ label: '巫溪县' });
    await page.getByLabel('乡镇（街道）').selectOption({ index: 2 });
    await page.getByRole('button', { name: '生成邀请码' }).click();
    assert.match(await page.locator('.big-code').textContent(), /^[0-9A-Z]{4}( [0-9A-Z]{4}){3}$/);
    await bothLanguages(page, 'invitation');
    await picture(page, 'city-invite');

    await page.goto(demo.city + '/office/#/staff');
    await page.getByRole('button', { name: '新增工作人员' }).click();
    await page.getByRole('radio', { name: '主管' }).check();
    await page.getByLabel('辖区').selectOption({ label: '巫溪县' });
    await page.getByLabel('姓名').fill('陈主管');
    await page.getByLabel('登录邮箱').fill('chen@county.example');
    await page.getByRole('button', { name: '建立账号' }).click();
    const password = await page.locator('#secret').textContent();
    const { record } = await logIn(demo.city, 'chen@county.example', password);
    assert.equal(record.role + ' ' + record.region, 'supervisor 500238000000');
    faultless(page);
    await page.context().close();
  });

  await t.test('logging out leaves nothing in the tab', async () => {
    const page = await person(browser);
    await enter(page, demo.township + '/office/', OFFICER, demo.logins[OFFICER]);
    assert.ok(await page.evaluate(() => sessionStorage.length) > 0);
    await page.getByRole('button', { name: '退出' }).click();
    await page.getByText('您已退出').waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
    const second = await openPage(page.context());
    await second.goto(demo.township + '/office/#/services');
    await second.getByRole('heading', { level: 1, name: '司法所工作台' }).waitFor();
    faultless(page);
    faultless(second);
    await page.context().close();
  });
});
