// Registers that the office must keep: looked at here, printed or saved from here. Every line leads back to its record.
import { html, useState } from '../../../vendor/ui.js';
import { addMessages, t } from '../../i18n/i18n.js';
import { ask } from '../../ui/dialog.js';
import { announce } from '../../ui/live.js';
import { go } from '../../ui/router.js';
import { file, get, post, query } from './api.js';
import { Fault, Head, Waiting } from './frame.js';
import { today } from './format.js';
import { usePolled } from './poll.js';
import { save } from './print.js';
import { session } from './session.js';
import * as texts from './texts-ledgers.js';

export const KINDS = ['register', 'volume', 'orders', 'subsidy'];
const YEARLY = ['volume', 'subsidy'];

/** Adds the texts and gives the screen; called once, when the screen is first opened. */
export function ledgers() {
  addMessages(texts);
  return Ledgers;
}

/** The period a ledger is asked for: months for registers, years for what is closed once a year. @param {string} kind @param {string|undefined} asked */
export function periodOf(kind, asked) {
  const form = YEARLY.includes(kind) ? /^\d{4}$/ : /^\d{4}-\d\d$/;
  if (asked && form.test(asked)) return asked;
  return today().slice(0, YEARLY.includes(kind) ? 4 : 7);
}

/** @param {{query: Record<string, string>}} props */
function Ledgers({ query: asked }) {
  const kind = KINDS.includes(asked.kind) ? asked.kind : 'register';
  const period = periodOf(kind, asked.period);
  const to = (/** @type {Record<string, string>} */ more) => go('#/ledgers' + query({ kind, period, region: asked.region || '', ...more }), true);
  return html`<${Head} title=${t('ledger.title')} sub=${t('ledger.sub')} />
    <nav class="row wrap no-print" aria-label=${t('ledger.kinds')}>
      ${KINDS.map((name) => html`<a key=${name} class="button" href=${'#/ledgers' + query({ kind: name, region: asked.region || '' })} aria-current=${name === kind ? 'page' : undefined}>${t('ledger.kind.' + name)}</a>`)}
    </nav>
    <form class="row wrap no-print" onSubmit=${(/** @type {Event} */ e) => e.preventDefault()}>
      ${YEARLY.includes(kind)
        ? html`<label class="inline"><span>${t('ledger.year')}</span> <input type="number" min="2020" max=${today().slice(0, 4)} value=${period} onChange=${(e) => to({ period: e.currentTarget.value })} /></label>`
        : html`<label class="inline"><span>${t('ledger.month')}</span> <input type="month" max=${today().slice(0, 7)} value=${period} onChange=${(e) => to({ period: e.currentTarget.value })} /></label>`}
      <${Village} kind=${kind} region=${asked.region} onPick=${(/** @type {string} */ region) => to({ region })} />
    </form>
    ${kind === 'volume' && !asked.region ? html`<p class="card empty">${t('ledger.pick')}</p>`
      : html`<${Page} key=${kind + period + asked.region} kind=${kind} period=${period} region=${asked.region} />`}`;
}

function Village({ kind, region, onPick }) {
  const { data } = usePolled(() => get('/api/office/lists'), []);
  const villages = data ? data.places : [];
  return html`<label class="inline"><span>${t('ledger.village')}</span> <select value=${region || ''} onChange=${(e) => onPick(e.currentTarget.value)}>
    <option value="">${t(kind === 'volume' ? 'ledger.village.none' : 'ledger.village.all')}</option>
    ${villages.map((v) => html`<option key=${v.code} value=${v.code}>${v.name}</option>`)}
  </select></label>`;
}

function Page({ kind, period, region }) {
  const { data, error, reload } = usePolled(() => get('/api/office/ledgers/' + kind + query({ period, region })), [kind, period, region]);
  if (!data) return error ? html`<${Fault} error=${error} onRetry=${reload} />` : html`<${Waiting} />`;
  return html`<section class="stack" aria-labelledby="ledger-title">
    <div class="row between"><h2 id="ledger-title">${data.title} <span class="muted">${data.office} ${data.period}</span></h2>
      <${Files} kind=${kind} period=${period} region=${region} none=${!data.rows.length} /></div>
    ${kind === 'subsidy' ? html`<p class="muted">${t('ledger.subsidy.how')}</p>` : null}
    ${data.rows.length ? html`<${Table} data=${data} kind=${kind} period=${period} reload=${reload} />` : html`<p class="card empty">${t('ledger.none')}</p>`}
    ${data.more ? html`<p class="muted">${t('ledger.more', { shown: data.rows.length, more: data.more })}</p>` : null}
    ${data.note ? html`<p class="small muted">${data.note}</p>` : null}
  </section>`;
}

function Table({ data, kind, period, reload }) {
  const decides = kind === 'subsidy' && session.value && session.value.staff.role !== 'supervisor';
  return html`<div class="table-box" role="group" aria-label=${data.title} tabindex="0"><table>
    <caption class="sr-only">${data.title} ${data.period}</caption>
    <thead><tr>${data.columns.map((c) => html`<th scope="col" key=${c.key}>${c.name}</th>`)}${decides ? html`<th scope="col">${t('ledger.decide')}</th>` : null}</tr></thead>
    <tbody>${data.rows.map((row, n) => html`<tr key=${n}>
      ${row.cells.map((cell, i) => html`<td key=${i} class=${data.columns[i].right ? 'num' : undefined} data-label=${data.columns[i].name}>${i === 1 ? html`<a href=${'#/' + row.link}>${cell || t('ledger.open')}</a>` : cell}</td>`)}
      ${decides ? html`<td><${Decide} row=${row} year=${Number(period)} reload=${reload} /></td>` : null}</tr>`)}</tbody>
    ${data.totals ? html`<tfoot><tr>${data.totals.map((cell, i) => html`<td key=${i} class=${data.columns[i].right ? 'num' : undefined}><strong>${cell}</strong></td>`)}${decides ? html`<td></td>` : null}</tr></tfoot>` : null}
  </table></div>`;
}

/** The grade of a village's year and what is deducted. @param {{row: any, year: number, reload: () => Promise<void>}} props */
function Decide({ row, year, reload }) {
  const region = new URLSearchParams(row.link.split('?')[1]).get('region');
  const [error, setError] = useState(/** @type {any} */ (null));
  const grade = async (/** @type {string} */ value) => {
    const yuan = await ask({ title: t('ledger.decide.deduct'), input: { label: t('ledger.decide.yuan'), hint: t('ledger.decide.yuan.hint') }, yes: t('ledger.decide.next') });
    if (yuan === null) return;
    const fen = Math.round(Number(yuan || 0) * 100);
    if (!Number.isFinite(fen) || fen < 0) { setError({ message: t('ledger.decide.bad') }); return; }
    const reason = fen ? await ask({ title: t('ledger.decide.reason'), input: { label: t('ledger.decide.reason'), required: true }, yes: t('ledger.decide.save') }) : '';
    if (reason === null) return;
    try {
      await post('/api/office/ledgers/subsidy/terms', { region, year, grade: value, deduction: fen, reason });
      setError(null);
      announce(t('ledger.decide.saved'));
      await reload();
    } catch (err) { setError(err); }
  };
  return html`<select aria-label=${t('ledger.decide') + ' ' + row.cells[1]} value="" onChange=${(e) => e.currentTarget.value && grade(e.currentTarget.value)}>
      <option value="">${t('ledger.decide.pick')}</option>
      ${['excellent', 'good', 'passed', 'failed'].map((g) => html`<option key=${g} value=${g}>${t('ledger.grade.' + g)}</option>`)}
    </select>${error ? html`<span role="alert" class="small">${error.message} ${error.hint || ''}</span>` : null}`;
}

/** The buttons that make a file, and how far it is. @param {{kind: string, period: string, region: string|undefined, none: boolean}} props */
function Files({ kind, period, region, none }) {
  const [at, setAt] = useState(/** @type {any} */ (null));
  const make = async (/** @type {string} */ format, /** @type {boolean} */ full) => {
    let purpose = '';
    if (full) {
      purpose = await ask({ title: t('ledger.full.title'), input: { label: t('ledger.full.purpose'), hint: t('ledger.full.hint'), required: true }, yes: t('ledger.full.go') });
      if (purpose === null) return;
    }
    try {
      setAt({ done: 0, total: 0 });
      const { id } = await post('/api/office/ledgers/files', { kind, period, region: region || '', format, full, purpose });
      const name = await ready(id, setAt);
      const url = URL.createObjectURL(await file('/api/office/ledgers/files/' + id + '/content'));
      save(url, name);
      setTimeout(() => URL.revokeObjectURL(url), 60000);
      setAt(null);
    } catch (error) { setAt({ error }); }
  };
  const busy = Boolean(at && !at.error);
  const may = kind !== 'subsidy' && kind !== 'orders' && session.value && session.value.staff.role !== 'supervisor';
  return html`<div class="row no-print">
    <button type="button" disabled=${busy || none} onClick=${() => make('xlsx', false)}>${t('ledger.xlsx')}</button>
    <button type="button" disabled=${busy || none} onClick=${() => make('pdf', false)}>${t('ledger.pdf')}</button>
    ${may ? html`<button type="button" class="quiet" disabled=${busy || none} onClick=${() => make('xlsx', true)}>${t('ledger.full')}</button>` : null}
    ${busy ? html`<span role="status">${t('ledger.busy')} <progress max=${at.total || 1} value=${at.done} aria-label=${t('ledger.busy')}></progress></span>` : null}
    ${at && at.error ? html`<${Fault} error=${at.error} />` : null}
  </div>`;
}

/** Waits for a file and tells how far it is. @param {string} id @param {(at: any) => void} tell */
async function ready(id, tell) {
  for (;;) {
    const at = await get('/api/office/ledgers/files/' + id);
    if (at.ready) return at.name;
    tell(at);
    await new Promise((next) => { setTimeout(next, 300); });
  }
}
