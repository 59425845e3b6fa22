// What residents said and what is done about it: cases, ratings that wait for a person, records that were withheld.
import { html } from '../../../vendor/ui.js';
import { addMessages, t } from '../../i18n/i18n.js';
import { announce } from '../../ui/live.js';
import { get, post, query } from './api.js';
import { Fault, Head, Waiting } from './frame.js';
import { stamp } from './format.js';
import { usePolled } from './poll.js';
import { Enter, Figures } from './ratings-desk.js';
import { askAnswer, Clocks, noted, Table } from './ratings-parts.js';
import { Case } from './ratings-case.js';
import * as texts from './ratings-texts.js';

const LISTS = ['open', 'escalated', 'held', 'missing', 'orphans', 'samples', 'all', 'closed', 'figures', 'enter'];
const CASES = ['open', 'escalated', 'closed'];

/** Adds the texts and gives the screen; called once, when the screen is first opened. */
export function ratings() {
  addMessages(texts);
  return Ratings;
}

/** @param {{args: string[], query: Record<string, string>}} props */
function Ratings({ args, query: asked }) {
  if (args.length) return html`<${Case} code=${args[0]} />`;
  const list = LISTS.includes(asked.list) ? asked.list : 'open';
  return html`<${Head} title=${t('loop.title')} sub=${t('loop.sub')} />
    <nav class="row wrap no-print" aria-label=${t('loop.lists')}>
      ${LISTS.map((name) => html`<a key=${name} class="button" href=${'#/ratings' + query({ list: name })} aria-current=${name === list ? 'page' : undefined}>${t('loop.list.' + name)}</a>`)}
    </nav>
    <section class="stack" aria-labelledby="list-title"><h2 id="list-title">${t('loop.list.' + list)}</h2><p class="muted">${t('loop.why.' + list)}</p>
      ${list === 'enter' ? html`<${Enter} />` : list === 'figures' ? html`<${Figures} by=${asked.by} />` : html`<${List} key=${list} list=${list} />`}
    </section>`;
}

/** Where a list is asked for. @param {string} list */
function source(list) {
  if (CASES.includes(list)) return '/api/office/cases' + query({ list });
  return list === 'samples' ? '/api/office/samples' : '/api/office/ratings' + query({ list });
}

function List({ list }) {
  const { data, error, reload } = usePolled(() => get(source(list)), [list]);
  const run = async (work) => {
    try {
      await work();
      announce(t('loop.done'));
      await reload();
    } catch (err) { announce(err.message + ' ' + (err.hint || '')); }
  };
  if (!data) return error ? html`<${Fault} error=${error} onRetry=${reload} />` : html`<${Waiting} />`;
  if (!data.items.length) return html`<p class="empty">${t('loop.none')}</p>`;
  if (CASES.includes(list)) return html`<${CaseTable} items=${data.items} />`;
  return list === 'samples' ? html`<${Samples} items=${data.items} run=${run} />` : html`<${RatingTable} items=${data.items} list=${list} run=${run} />`;
}

function CaseTable({ items }) {
  return html`<${Table} caption=${t('loop.case')} heads=${['when', 'village', 'counsel', 'grade', 'state', 'clock']} rows=${items.map((item) => {
    const c = item.case;
    return { key: c.code, cells: [html`<a href=${'#/ratings/' + c.code}>${stamp(c.received_at)}</a>`, c.village || t('loop.record.none'), c.counsel || t('loop.unknown'), t('loop.grade.' + c.grade),
      t('loop.state.' + c.state), html`<${Clocks} clocks=${item.clocks} brief />`] };
  })} />`;
}

function RatingTable({ items, list, run }) {
  const decide = async (id, counts) => {
    const note = await noted(t(counts ? 'loop.decide.count' : 'loop.decide.exclude'), t('loop.decide.note'), t('loop.decide.hint'));
    if (note !== null) run(() => post('/api/office/ratings/' + id + '/decide', { counts, note }));
  };
  const heads = list === 'held' ? ['when', 'village', 'counsel', 'grade', 'rules', 'do'] : ['when', 'village', 'counsel', 'grade', 'state', 'date'];
  return html`<${Table} caption=${t('loop.list.' + list)} heads=${heads} rows=${items.map((r) => ({ key: r.id, cells: [
    r.service ? html`<a href=${'#/services/' + r.service}>${stamp(r.rated_at)}</a>` : stamp(r.rated_at), r.village || t('loop.record.none'), r.counsel || t('loop.unknown'), t('loop.grade.' + r.grade),
    list === 'held' ? html`<${Why} r=${r} />` : html`<span class="badges"><span class="badge">${t('loop.joined.' + r.state)}</span><${Why} r=${r} />
      ${r.decision ? html`<span class="badge info">${t('loop.decided.' + r.decision)}</span>` : r.counts ? html`<span class="badge good">${t('loop.counts')}</span>` : null}</span>`,
    list === 'held' ? html`<span class="row"><button type="button" onClick=${() => decide(r.id, true)}>${t('loop.decide.count')}</button>
      <button type="button" onClick=${() => decide(r.id, false)}>${t('loop.decide.exclude')}</button></span>` : r.date] }))} />`;
}

function Why({ r }) {
  return html`<span class="badges">${r.rules.map((rule) => html`<span class="badge warn" key=${rule}>${t('loop.rule.' + rule)}</span>`)}
    ${r.channel ? html`<span class="badge">${t('loop.channel.' + r.channel)}</span>` : null}</span>`;
}

function Samples({ items, run }) {
  const record = async (service) => {
    const said = await askAnswer(t('loop.sample.record'), false, t('loop.sample.note'));
    if (said) run(() => post('/api/office/samples/' + service, said));
  };
  return html`<${Table} caption=${t('loop.list.samples')} heads=${['date', 'village', 'counsel', 'outcome']} rows=${items.map((s) => ({ key: s.service, cells: [
    html`<a href=${'#/services/' + s.service}>${s.occurred_at.slice(0, 10)}</a>`, s.village, s.counsel,
    s.answer ? t('loop.answer.' + s.answer) : html`<button type="button" onClick=${() => record(s.service)}>${t('loop.sample.record')}</button>`] }))} />`;
}
