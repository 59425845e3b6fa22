// The first minutes of a new node: start page, first administrator, no second one.
import test from 'node:test';
import assert from 'node:assert/strict';
import { accessible, ask, faultless, launch, logIn, person, picture, run, startNode } from './harness.js';

test('a new node is set up by one person, once', async (t) => {
  const node = await startNode();
  t.after(() => node.stop());
  const browser = await launch();
  t.after(() => browser.close());
  const page = await person(browser);

  await page.goto(node.url + '/');
  await page.getByRole('link', { name: '首次设置' }).waitFor();
  assert.match(await page.textContent('body'), /示范司法所 · 司法所节点 · 500238101000/);
  for (const name of ['手机端', '司法所', '市中心']) await page.getByRole('link', { name }).waitFor();
  await accessible(page, 'start zh');
  await picture(page, 'start');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Cunju', level: 1 }).waitFor();
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  await accessible(page, 'start en');

  await page.goto(node.url + '/setup/?lang=en');
  await page.getByRole('heading', { name: 'First set-up' }).waitFor();
  await accessible(page, 'setup en');
  await picture(page, 'setup');
  await page.goto(node.url + '/setup/');
  const save = page.getByRole('button', { name: '完成设置' });
  await save.click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'name', 'the first wrong field takes the focus');
  await page.getByText('请填写姓名').waitFor();
  await accessible(page, 'setup zh with errors');

  await page.getByLabel('姓名', { exact: true }).fill('王所长');
  await page.getByLabel('登录邮箱').fill('wang@office.example');
  await page.getByLabel('密码', { exact: true }).fill('admin123456');
  await page.getByLabel('再输一次密码').fill('admin123456');
  await save.click();
  await page.getByRole('alert').filter({ hasText: '密码太弱' }).waitFor();
  assert.equal(await page.getByLabel('姓名', { exact: true }).inputValue(), '王所长', 'what was typed stays');

  for (const label of ['密码', '再输一次密码']) await page.getByLabel(label, { exact: true }).fill('tree-7-river-lamp');
  await save.click();
  await page.getByRole('link', { name: '打开登录页' }).waitFor();
  await accessible(page, 'setup zh done');

  const { record } = await logIn(node.url, 'wang@office.example', 'tree-7-river-lamp');
  assert.equal(record.role, 'admin');
  assert.equal(record.region, '500238101000');
  const again = await ask('POST', node.url + '/api/cunju/setup', { name: '李', login: 'li@office.example', password: 'river-9-lamp-tree' });
  assert.equal(again.status, 409);
  assert.equal(again.body.code, 'setup_done');
  await page.goto(node.url + '/setup/');
  await page.getByText('管理员已经设置过').waitFor();
  await page.goto(node.url + '/');
  await page.getByRole('link', { name: '手机端' }).waitFor();
  assert.equal(await page.getByRole('link', { name: '首次设置' }).count(), 0);
  faultless(page);
});

test('a node that is used survives a kill', async (t) => {
  const node = await startNode();
  t.after(() => node.stop());
  const made = await ask('POST', node.url + '/api/cunju/setup', { name: '王所长', login: 'wang@office.example', password: 'tree-7-river-lamp' });
  assert.equal(made.status, 201);
  await node.kill();
  await node.restart();
  await logIn(node.url, 'wang@office.example', 'tree-7-river-lamp');
  const ready = await ask('GET', node.url + '/health/ready');
  assert.equal(ready.status, 200, JSON.stringify(ready.body));
  const doctor = await run(['doctor', '--json', '--dir', node.home + '/data', '--region', '500238101000']);
  assert.equal(doctor.code, 0, doctor.out);
  assert.ok(JSON.parse(doctor.out).findings.length >= 5);
});
