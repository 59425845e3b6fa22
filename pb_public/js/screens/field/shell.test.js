// The shell as a whole: what the page preloads, which texts are asked for, what is vendored, which syntax an old phone can read.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const text = (name) => readFileSync(path.join(root, name), 'utf8');
const FOLDERS = ['js/core', 'js/store', 'js/sync', 'js/ui', 'js/i18n', 'js/screens/field', 'vendor'];
const modules = FOLDERS.flatMap((folder) => readdirSync(path.join(root, folder)).filter((f) => f.endsWith('.js') && !f.endsWith('.test.js')).map((f) => folder + '/' + f));

function staticImports(name) {
  const found = [...text(name).matchAll(/^(?:import|export)[^;]*?from '(\.[^']+)';/gm)];
  return found.map(([, to]) => path.posix.join(path.posix.dirname(name), to));
}

function graph(start) {
  const seen = [];
  const visit = (name) => {
    if (seen.includes(name)) return;
    seen.push(name);
    staticImports(name).forEach(visit);
  };
  visit(start);
  return seen;
}

test('every import leads to a file', () => {
  for (const name of modules.filter((m) => !m.startsWith('vendor/'))) {
    const lazy = [...text(name).matchAll(/import\('(\.[^']+)'\)/g)].map(([, to]) => path.posix.join(path.posix.dirname(name), to));
    for (const to of [...staticImports(name), ...lazy]) assert.ok(existsSync(path.join(root, to)), name + ' imports ' + to);
  }
});

test('the first screen needs at most 15 modules, and the page preloads exactly those', () => {
  const needed = graph('js/screens/field/boot.js');
  assert.ok(needed.length <= 15, needed.join('\n'));
  const preloaded = [...text('field/index.html').matchAll(/rel="modulepreload" href="\/([^"]+)"/g)].map(([, href]) => href);
  assert.deepEqual([...preloaded].sort(), needed.filter((m) => m !== 'js/screens/field/boot.js').sort());
});

test('every text that a screen asks for exists', async () => {
  const keys = new Set();
  for (const table of ['ui', 'field', 'field-more', 'log', 'labels', 'lock', 'files', 'carry']) for (const key of Object.keys((await import(`../../i18n/${table}.js`)).zh)) keys.add(key);
  for (const name of modules.filter((m) => /^js\/(ui|screens\/field)\//.test(m))) {
    for (const [, key] of text(name).matchAll(/\bt\('([a-z_]+\.[a-z0-9_.]+)'\s*[,)]/g)) assert.ok(keys.has(key), name + ' asks for ' + key);
    for (const [, start] of text(name).matchAll(/\bt\('([a-z_]+\.[a-z0-9_.]*\.?)' \+/g)) assert.ok([...keys].some((k) => k.startsWith(start)), name + ' asks for ' + start);
  }
});

test('every kind of service can be filled in with texts of both languages', async () => {
  const { zh } = await import('../../i18n/labels.js');
  const { types, fields } = JSON.parse(text('data/service_types.json'));
  const apart = ['attachments', 'documents', 'presence', 'client_sign', 'order', 'client_group'];
  for (const kind of types) for (const name of [...kind.required, ...kind.optional]) assert.ok(apart.includes(name) || zh['f.' + name], kind.code + ' ' + name);
  for (const [name, field] of Object.entries(fields)) {
    for (const option of field.options || []) assert.ok(zh[`o.${name === 'client_group' ? 'client_groups' : name}.${option}`], name + ' ' + option);
  }
});

test('vendored files are those of the recipe', () => {
  for (const line of text('vendor/SHA256SUMS').trim().split('\n')) {
    const [sum, name] = line.split(/\s+/);
    assert.equal(createHash('sha256').update(readFileSync(path.join(root, 'vendor', name))).digest('hex'), sum, name);
  }
});

test('nothing newer than Chrome 80 and nothing that the policy forbids', () => {
  const newer = /\?\?=|\|\|=|&&=|\.replaceAll\(|\.at\(|Object\.hasOwn|Promise\.any|static \{|#[a-z]\w* in |crypto\.randomUUID|\binset:/;
  const forbidden = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|style="|<script>|<style>/;
  for (const name of [...modules.filter((m) => !m.startsWith('vendor/')), 'sw.js', 'field/index.html', 'css/app.css', 'css/field.css']) {
    assert.doesNotMatch(text(name), newer, name);
    assert.doesNotMatch(text(name), forbidden, name);
    assert.doesNotMatch(text(name), /^await |^const [^=]+ = await /m, name + ': top-level await');
    assert.ok(text(name).split('\n').length <= 300, name + ' is too long');
  }
});

test('rooms keep to their walls', () => {
  const may = { core: ['core', 'vendor'], store: ['store', 'core'], sync: ['sync', 'store', 'core'], ui: ['ui', 'vendor', 'i18n'], i18n: ['i18n', 'vendor'] };
  for (const name of modules) {
    const [, room] = /^js\/(\w+)\/[^/]+$/.exec(name) || [];
    if (!may[room]) continue;
    for (const to of staticImports(name)) assert.ok(may[room].includes(to.split('/')[to.startsWith('js/') ? 1 : 0]), name + ' imports ' + to);
  }
});
