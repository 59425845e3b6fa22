// The inbox: what came in and did not simply apply, and a person's decision about it. j and k move between the items.
import { html, useEffect, useRef, useState } from '../../../vendor/ui.js';
import { addMessages, hasText, t } from '../../i18n/i18n.js';
import { announce } from '../../ui/live.js';
import { Note } from '../../ui/page.js';
import { get } from './api.js';
import { Fault, Head, Waiting } from './frame.js';
import { label, stamp } from './format.js';
import { Conflict } from './inbox-conflict.js';
import { Decide } from './inbox-decide.js';
import { usePolled } from './poll.js';
import { busyKey, step } from './table.js';
import * as texts from './texts-inbox.js';

addMessages(texts);

export const KINDS = ['held', 'conflict', 'fork', 'refused', 'quarantine'];

/** Everything that waits. @param {Record<string, number>} counts */
export function total(counts) {
  return KINDS.reduce((sum, kind) => sum + (counts[kind] || 0), 0);
}

/** The words for why an item is here; a rule's own name stays as it is. @param {string} code */
export function why(code) {
  const bare = code.replace(/^refused:/, '');
  const key = 'office.inbox.code.' + bare;
  return hasText(key) ? t(key) : bare.replace(/^rule:/, '');
}

/** @param {{query: Record<string, string>}} props */
export function Inbox({ query }) {
  const asked = KINDS.includes(query.kind) ? query.kind : '';
  const { data, error, reload } = usePolled(() => get('/api/office/inbox' + (asked ? '?kind=' + asked : '')), [asked]);
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const run = async (work, done) => {
    setFailed(null);
    try {
      const out = await work();
      announce(typeof done === 'function' ? done(out) : done);
      await reload();
    } catch (err) { setFailed(err); }
  };
  return html`<${Head} title=${t('office.inbox.title')} sub=${t('office.inbox.sub')} count=${data ? total(data.counts) : 0} />
    <${Fault} error=${failed || error} onRetry=${error ? reload : undefined} />
    ${data ? html`<${Tabs} counts=${data.counts} here=${data.kind} /><p class="muted">${t('office.inbox.' + data.kind + '.why')}</p>
      <${List} kind=${data.kind} items=${data.items} run=${run} />` : error ? null : html`<${Waiting} />`}`;
}

function Tabs({ counts, here }) {
  return html`<nav class="row" aria-label=${t('office.inbox.kinds')}>${KINDS.map((kind) => html`<a key=${kind} class="btn" href=${'#/inbox?kind=' + kind}
    aria-current=${kind === here ? 'page' : undefined}>${t('office.inbox.' + kind)} <span class=${'badge ' + (counts[kind] ? 'warn' : '')}>${counts[kind] || 0}</span></a>`)}</nav>`;
}

function List({ kind, items, run }) {
  const box = useRef(/** @type {any} */ (null));
  useEffect(() => {
    const press = (e) => {
      if (busyKey(e)) return;
      const cards = box.current ? [...box.current.querySelectorAll('article')] : [];
      const next = e.key.startsWith('Arrow') ? -1 : step(e.key, cards.indexOf(document.activeElement), cards.length);
      if (next < 0) return;
      e.preventDefault();
      cards[next].focus();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
  if (!items.length) {
    return html`<div class="card empty"><p><strong>${t('office.inbox.empty')}</strong></p><p>${t('office.inbox.empty.' + kind)}</p></div>`;
  }
  return html`<div class="stack" ref=${box}>${items.map((item) => html`<${Item} key=${kind + item.id} item=${item} run=${run} />`)}</div>`;
}

function Item({ item, run }) {
  const edit = item.edits[0];
  const what = edit ? label('inbox_what', edit.collection) : t('office.inbox.' + item.kind);
  return html`<article class="card stack" tabindex="-1" aria-labelledby=${'item-' + item.kind + item.id}>
    <div class="row between"><h2 id=${'item-' + item.kind + item.id}>${[item.place, what].filter(Boolean).join(' · ')}</h2>
      ${item.install_state && item.install_state !== 'active' ? html`<span class="badge bad">${label('install_state', item.install_state)}</span>` : null}</div>
    <p class="small muted">${[item.staff_name, item.phone].filter(Boolean).join(' · ')} · ${t('office.inbox.came', { when: stamp(item.at) })}
      ${item.kind === 'held' ? html` · <strong>${t('office.inbox.made', { when: stamp(item.made) })}</strong>` : null}</p>
    ${item.code && item.code !== 'held' ? html`<p>${t('office.inbox.why', { code: why(item.code) })}</p>` : null}
    ${item.edits.map((e) => html`<p class="small" key=${e.record}>${t(e.creates ? 'office.inbox.creates' : 'office.inbox.edits')}：${e.fields.map((f) => label('field', f)).join('、')}
      ${e.collection === 'services' && !(item.kind === 'held' && e.creates) && item.kind !== 'refused' ? html` <a href=${'#/services/' + e.record}>${t('office.inbox.record')}</a>` : null}</p>`)}
    ${item.size ? html`<p class="small muted">${t('office.inbox.bytes', { n: item.size })}</p>` : null}
    ${item.sealed && !item.edits.length ? html`<${Note} kind="warn"><p>${t('office.inbox.sealed')}</p><//>`
      : item.kind === 'conflict' ? html`<${Conflict} item=${item} run=${run} />` : html`<${Decide} item=${item} run=${run} />`}
  </article>`;
}
