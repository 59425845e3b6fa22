// A newcomer's machine: a clean clone, the README's own command, the pages in a browser.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { faultless, freePort, launch, person, until } from './harness.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

test('make run in a clean clone shows the product', { timeout: 600000 }, async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cunju-clone-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  execFileSync('git', ['clone', '--quiet', root, folder]);
  const commands = readFileSync(path.join(folder, 'README.md'), 'utf8').match(/^make (run|test)\b/gm);
  assert.deepEqual(commands, ['make run', 'make test'], 'the README names the two commands');

  // The ports of the README may be taken on this machine; nothing else differs from what a newcomer types.
  const port = await freePort();
  const child = spawn('make', ['run', 'DEMO=--port ' + port], { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  child.stdout.on('data', (d) => { out += d; });
  child.stderr.on('data', (d) => { out += d; });
  t.after(() => { try { process.kill(-child.pid, 'SIGKILL'); } catch (err) { /* it has ended by itself */ } });
  await until(() => {
    assert.equal(child.exitCode, null, out);
    return out.includes('结果 result:');
  }, 'the demonstration is ready', 420000);
  assert.match(out, /"missing":0,"checkpoints_equal":true/);
  assert.match(out, /[▀▄█]{5}/, 'a pairing code to scan');
  assert.match(out, /office@demo\.cunju\s+\S{10,}/, 'logins');

  const browser = await launch();
  t.after(() => browser.close());
  const page = await person(browser);
  for (const [address, words] of [['/', '村居'], ['/office/', '登录'], ['/field/', '配对']]) {
    await page.goto('http://127.0.0.1:' + port + address);
    await page.getByText(words).first().waitFor();
  }
  faultless(page);
  process.kill(-child.pid, 'SIGINT');
  await once(child, 'exit');
});
