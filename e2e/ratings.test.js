// The resident has the last word: a bad rating, its handling at the desk, the second question, the village's page.
import test from 'node:test';
import assert from 'node:assert/strict';
import { accessible, ask, faultless, launch, logIn, person, picture, post, startDemo, startNode, until } from './harness.js';

const PHONE = '13800138000';
const WORDS = '等了两个月没有人来';

test('a bad rating is answered by somebody else and the resident is asked again', { timeout: 300000 }, async (t) => {
  const demo = await startDemo();
  t.after(() => demo.stop());
  const browser = await launch();
  t.after(() => browser.close());
  const officer = await logIn(demo.township, 'office@demo.cunju', demo.logins['office@demo.cunju']);
  const code = await unratedCode(demo, officer.token);

  const resident = await person(browser, { phone: true });
  await complain(resident, demo, code);
  const desk = await person(browser, { viewport: { width: 1366, height: 768 } });
  await signIn(desk, demo.township + '/office/#/ratings', demo);
  await everyList(desk, demo);
  await handle(desk, demo);
  await answerAgain(resident, demo, code);
  await board(browser, demo, officer.token);
  await papers(demo, officer.token);
});

test('a crowd behind one address waits for seconds, not for a minute', { timeout: 60000 }, async (t) => {
  const node = await startNode();
  t.after(() => node.stop());
  const browser = await launch();
  t.after(() => browser.close());
  for (const lang of ['zh', 'en']) {
    await until(async () => (await fetch(node.url + '/r/NOSUCHCODE')).status === 429, 'the address is busy');
    const page = await person(browser, { phone: true });
    const begun = Date.now();
    await page.goto(node.url + '/r/?lang=' + lang);
    await page.getByRole('heading', { level: 1, name: lang === 'zh' ? '输入评价码' : 'Type your code' }).waitFor();
    assert.ok(Date.now() - begun < 20000, 'it opened by itself');
    await accessible(page, 'after the work');
    faultless(page);
    await page.context().close();
  }
  const plain = await person(browser, { phone: true, javaScriptEnabled: false });
  for (let i = 0; i < 20; i += 1) await fetch(node.url + '/r/NOSUCHCODE');
  const answer = await plain.goto(node.url + '/r/');
  assert.equal(answer.status(), 429);
  assert.equal(answer.headers()['retry-after'], '60');
  await plain.getByText('等一分钟再扫码就行').waitFor();
});

/** The typed code of a service that nobody has rated, read off its printed sheet's twin, the slip. */
async function unratedCode(demo, token) {
  const list = await ask('GET', demo.township + '/api/office/services?state=submitted', undefined, token);
  for (const s of list.body.items) {
    const slip = await fetch(demo.township + '/api/office/services/' + s.id + '/slip.pdf', { headers: { Authorization: token } });
    if (slip.status !== 200 || s.rating) continue;
    const text = await pdfText(Buffer.from(await slip.arrayBuffer()));
    const found = /((?:[A-Z2-7]{4}\s+){9}[A-Z2-7]{3})/.exec(text);
    if (found) return found[1].replace(/\s/g, '');
  }
  throw new Error('no service to rate');
}

/** The text of a printed sheet. @param {Buffer} pdf */
async function pdfText(pdf) {
  const { spawn } = await import('node:child_process');
  const child = spawn('pdftotext', ['-raw', '-', '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(pdf);
  let out = '';
  for await (const chunk of child.stdout) out += chunk;
  return out;
}

/** By typed code, without a script, with the keyboard's words, and with a number to call back. */
async function complain(page, demo, code) {
  await page.goto(demo.township + '/r/');
  await accessible(page, 'typed code');
  await page.getByLabel('评价码').fill(code.toLowerCase().replace(/(.{4})/g, '$1-'));
  await page.getByRole('button', { name: '下一步' }).tap();
  await page.getByRole('radio', { name: '不满意', exact: true }).tap();
  await page.getByRole('button', { name: /提交/ }).tap();
  await page.getByRole('heading', { level: 1 }).filter({ hasText: '谢' }).waitFor();
  await page.getByLabel('您的话').fill(WORDS);
  await page.getByLabel('要回电话请留号码').fill(PHONE);
  await page.getByRole('button', { name: '保存' }).tap();
  await page.getByText('已收到，24小时内有人受理').waitFor();
  await accessible(page, 'thanks after a complaint');
  await picture(page, 'resident-complaint');
  faultless(page);
}

async function signIn(page, url, demo, login = 'office@demo.cunju') {
  await page.goto(url);
  await page.locator('input[type=password]').waitFor();
  await page.locator('input').first().fill(login);
  await page.locator('input[type=password]').fill(demo.logins[login]);
  await page.keyboard.press('Enter');
}

/** Every list in both languages. */
async function everyList(page, demo) {
  await page.getByRole('heading', { level: 1, name: '评价与差评' }).waitFor();
  for (const lang of ['zh', 'en']) {
    for (const list of ['open', 'escalated', 'held', 'missing', 'orphans', 'samples', 'all', 'closed', 'figures', 'enter']) {
      await page.goto(demo.township + '/office/?lang=' + lang + '#/ratings?list=' + list);
      await page.locator('#list-title').waitFor();
      await until(async () => !(await page.getByRole('status').filter({ hasText: /…/ }).count()), 'the list ' + list);
      await accessible(page, list + ' ' + lang);
      assert.ok(!(await page.textContent('main')).includes('loop.'), 'every key has a text: ' + list);
    }
  }
  faultless(page);
}

/** Takes the case through to the call-back; the number is shown for a purpose only. */
async function handle(page, demo) {
  await page.goto(demo.township + '/office/?lang=zh#/ratings?list=open');
  const rows = page.locator('table.services tbody tr');
  await rows.first().waitFor();
  const count = await rows.count();
  await rows.last().locator('a').first().click();
  await page.getByRole('heading', { name: '下一步' }).waitFor();
  assert.ok(!(await page.textContent('main')).includes(PHONE), 'the number is hidden');
  await accessible(page, 'case');
  await picture(page, 'office-case');
  await step(page, '受理');
  await step(page, '开始核实');
  await step(page, '定整改措施', '本周内由另一位顾问上门，讲清楚怎么办。');
  await step(page, '整改完成', '已上门两次，材料都交齐了。');
  await page.getByRole('button', { name: '看留言和电话' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('回访群众');
  await page.getByRole('dialog').getByRole('button', { name: '看留言和电话' }).click();
  await page.getByText(PHONE).waitFor();
  await page.getByText(WORDS).first().waitFor();
  await page.getByRole('button', { name: '回访', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: '没联系上' }).check({ force: true });
  await accessible(page, 'call-back');
  await dialog.getByRole('button', { name: '记入' }).click();
  await page.getByText('已回访').first().waitFor();
  faultless(page);
  assert.ok(count >= 1);
}

async function step(page, name, note) {
  await page.getByRole('button', { name, exact: true }).click();
  const dialog = page.getByRole('dialog');
  if (note) await dialog.getByRole('textbox').fill(note);
  await dialog.getByRole('button', { name: '记入' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name, exact: true }).waitFor({ state: 'detached' });
}

/** The same browser is asked again behind the same code. */
async function answerAgain(page, demo, code) {
  await page.goto(demo.township + '/R/' + code);
  await page.getByText('现在您满意吗').waitFor();
  await accessible(page, 'asked again');
  await picture(page, 'resident-again');
  await page.getByRole('radio', { name: '基本满意' }).first().tap();
  await page.locator('form.again').getByRole('button', { name: '提交' }).tap();
  await page.getByText('处理以后您说').waitFor();
  await page.goto(demo.township + '/R/' + code + '?lang=en');
  await page.getByText('Fairly satisfied').first().waitFor();
  await accessible(page, 'asked again, in English');
  faultless(page);
}

/** The village's page, in both languages, as CSV and JSON; the office's words reach it. */
async function board(browser, demo, token) {
  const village = '500238101201';
  const written = await post(demo.township + '/api/office/boards/' + village, { duty_times: '每周三上午，村委会', next_lecture: '', complaint_phone: '023-51520000', complaint_note: '' }, token);
  assert.equal(written.status, 200, JSON.stringify(written.body));
  const again = await post(demo.township + '/api/office/boards/' + village, { duty_times: '每周四上午，村委会', next_lecture: '', complaint_phone: '023-51520000', complaint_note: '' }, token);
  assert.equal(again.status, 200, JSON.stringify(again.body));
  for (const size of [{ phone: true }, {}]) {
    const page = await person(browser, size);
    await page.goto(demo.township + '/v/' + village);
    await page.getByText('每周四上午').waitFor();
    await accessible(page, 'board');
    await picture(page, 'village-board' + (size.phone ? '-phone' : ''));
    await page.goto(demo.township + '/v/' + village + '?lang=en');
    await page.getByText('Village counsel').first().waitFor();
    await accessible(page, 'board in English');
    assert.equal(await page.locator('script').count(), 0);
    faultless(page);
    await page.context().close();
  }
  const city = await until(async () => {
    const answer = await fetch(demo.city + '/v/' + village + '.json');
    const body = answer.ok ? await answer.json() : {};
    return body.duty_times === '每周四上午，村委会' ? body : null;
  }, 'the board has come to the city');
  assert.ok(city.counsel.length, 'the city publishes the counsel, too');
  const csv = await (await fetch(demo.city + '/v/' + village + '.csv')).text();
  for (const text of [csv, JSON.stringify(city)]) assert.ok(!text.includes(PHONE) && !text.includes(WORDS));
}

/** Plates lead to their village at the township and at the city; slips and cards are printed. */
async function papers(demo, token) {
  const village = '500238101201';
  const plate = await fetch(demo.township + '/api/office/boards/' + village + '/plate.pdf', { headers: { Authorization: token } });
  assert.equal(plate.status, 200);
  const text = await pdfText(Buffer.from(await plate.arrayBuffer()));
  const code = /((?:[A-Z2-7]{4}\s+){7}[A-Z2-7])/.exec(text)[1].replace(/\s/g, '');
  for (const node of [demo.township, demo.city]) {
    const led = await fetch(node + '/V/' + code, { redirect: 'manual' });
    assert.equal(led.status, 303, node);
    assert.equal(led.headers.get('location'), '/v/' + village);
  }
  const card = await fetch(demo.township + '/api/office/boards/' + village + '/card.pdf', { headers: { Authorization: token } });
  assert.equal(card.status, 200);
}
