// The browser's client under node, driven by lines of JSON: one command in, one answer out. Tests only.
import { createInterface } from 'node:readline';
import { saveChange } from '../../pb_public/js/store/changes.js';
import { memoryDb } from '../../pb_public/js/store/memory.js';
import { getMeta } from '../../pb_public/js/store/meta.js';
import { getView } from '../../pb_public/js/store/views.js';
import { sumOf } from '../../pb_public/js/core/checkpoint.js';
import { makeClient } from '../../pb_public/js/sync/client.js';
import { newLock } from '../../pb_public/js/core/vault.js';
import { sealedDb } from '../../pb_public/js/store/sealed.js';

// Under a lock, as on a phone.
const db = sealedDb(memoryDb(), (await newLock('480263', 1000)).box);
const dump = (table) => db.read([table], (t) => t.all(table));
let ahead = 0;
const now = () => Date.now() + ahead;
const client = makeClient({ db, fetch, base: process.argv[2], now, chance: () => 0 });
let staff = '';

const commands = {
  async enrol({ code }) {
    staff = (await client.enrol(code, 'node')).staff.id;
    return { install: (await getMeta(db, ['key'])).key.id };
  },
  async save({ edits }) {
    for (const e of edits) {
      const view = await getView(db, e.c + '/' + e.r);
      e.base = view ? view.rev : '';
    }
    return { id: (await saveChange(db, { ms: now(), by: staff, build: () => edits })).id };
  },
  async sync() {
    const result = await client.run();
    return { done: result === 'done', error: result === 'done' ? '' : client.status().error };
  },
  async clock({ ms }) {
    ahead = ms;
    return {};
  },
  async state() {
    const changes = (await dump('changes')).sort((a, b) => a.seq - b.seq).map((c) => ({ id: c.id, level: c.state === 'unsent' ? '' : c.state, verdict: c.verdict }));
    const records = (await dump('records')).map(({ c, r, rev, set, feed }) => ({ c, r, rev, set, feed }));
    const feeds = {};
    for (const feed of new Set(records.map((r) => r.feed))) feeds[feed] = sumOf(records.filter((r) => r.feed === feed));
    return { changes, records, feeds };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  let answer;
  try {
    answer = await commands[command.do](command);
  } catch (err) {
    answer = { failed: String(err.code || err.message) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
