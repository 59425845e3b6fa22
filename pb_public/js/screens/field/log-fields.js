// The few fields of a kind of service, drawn from the standard's types; and what is seldom needed, folded away.
import { html } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { timeText } from '../../core/change.js';
import { APART, COLUMNS } from '../../core/service.js';
import { Choice, Choices, Select, TextField } from '../../ui/form.js';
import { ConsentCheck } from './log-client.js';
import { UrgentNote } from './log-urgent.js';

/** Lists that the standard describes in words only. */
const LISTS = {
  aid_basis: ['means', 'no_means', 'no_check'],
  refer_to: ['aid', 'notary', 'appraisal', 'arbitration', 'reconsideration', 'court', 'office', 'other'],
  dossier_items: ['application', 'notice', 'identity', 'minutes', 'agreement'],
};
const TABLES = { parties: ['name', 'phone'], findings: ['clause', 'problem', 'advice'] };
const PLACED = ['duration_min']; // columns that a kind may require and that have no place of their own above
const MODES = ['onsite', 'phone', 'chat_group', 'video', 'letter'];
const GROUPS = ['elder', 'minor', 'disabled', 'woman', 'migrant_worker', 'low_income', 'veteran', 'left_behind', 'military_family', 'general'];

const own = (name) => !COLUMNS.includes(name) && !APART.includes(name) && name !== 'client_group' && name !== 'order';

/** Required fields beyond the common ones. @param {{names: string[], catalog: any, values: any, set: any, detail: any, error: (name: string) => string}} props */
export function DetailFields({ names, catalog, values, set, detail, error }) {
  return names.filter((name) => own(name) || PLACED.includes(name)).map((name) => html`<${FieldOf} key=${name} name=${name} catalog=${catalog} error=${error(name)}
    value=${COLUMNS.includes(name) ? values[name] : values.details[name]} onValue=${(value) => (COLUMNS.includes(name) ? set({ [name]: value }) : detail(name, value))} />`);
}

/** One field by its type in the standard. */
function FieldOf({ name, catalog, value, onValue, error, optional }) {
  const spec = catalog.fields[name] || { type: 'text' };
  const common = { id: 'f-' + name, label: t('f.' + name), error, optional };
  const options = (list) => list.map((code) => ({ value: code, label: t('o.' + name + '.' + code) }));
  if (TABLES[name]) return html`<${Rows} ...${common} name=${name} columns=${TABLES[name]} rows=${value || []} onRows=${onValue} />`;
  if (name === 'dispute_type') return html`<${Select} ...${common} value=${value} empty=${t('log.choose')} options=${catalog.disputes.map((d) => ({ value: d, label: d }))} onPick=${onValue} />`;
  if (spec.type === 'checklist') return html`<${Choices} ...${common} values=${value || []} options=${options(LISTS[name])} onPick=${onValue} />`;
  const list = LISTS[name] || spec.options;
  if (list) return html`<${Choice} ...${common} value=${value || ''} options=${options(list)} onPick=${onValue} />`;
  if (spec.type === 'int') return html`<${TextField} ...${common} inputmode="numeric" pattern="[0-9]*" value=${value ? String(value) : ''} maxlength="6" onText=${(text) => onValue(Number(text.replace(/\D/g, '')) || 0)} />`;
  if (spec.type === 'money_fen') return html`<${TextField} ...${common} inputmode="decimal" type="number" min="0" step="0.01" value=${value ? String(value / 100) : ''} onText=${(text) => onValue(Math.round(Number(text) * 100) || 0)} />`;
  if (spec.type === 'date') return html`<${TextField} ...${common} type="date" value=${value} onText=${onValue} />`;
  return html`<${TextField} ...${common} lines=${spec.type === 'longtext' ? 3 : undefined} value=${value} onText=${onValue} maxlength=${spec.type === 'longtext' ? 5000 : 200} hint=${spec.type === 'file' ? t('log.paper_hint') : undefined} />`;
}

function Rows({ id, label, error, optional, name, columns, rows, onRows }) {
  const list = rows.length ? rows : [{}];
  const put = (i, column, text) => onRows(list.map((row, n) => (n === i ? { ...row, [column]: text } : row)));
  return html`<fieldset class="field rows"><legend id=${id} tabindex="-1">${label}${optional ? html` <span class="optional">${t('ui.optional')}</span>` : null}</legend>
    ${list.map((row, i) => html`<div class="card" key=${i}>
      ${columns.map((column) => html`<${TextField} key=${column} id=${`${id}-${i}-${column}`} label=${t('c.' + name + '.' + column)} value=${row[column]} maxlength="500" onText=${(text) => put(i, column, text)} />`)}
      ${list.length > 1 ? html`<button type="button" class="quiet danger" onClick=${() => onRows(list.filter((r, n) => n !== i))}>${t('log.remove_row', { n: i + 1 })}</button>` : null}
    </div>`)}
    ${error ? html`<p class="error">${error}</p>` : null}
    <button type="button" onClick=${() => onRows([...list, {}])}>${t('log.add_row')}</button></fieldset>`;
}

/** Time, way, place, people: seldom changed, folded. @param {{kind: any, catalog: any, values: any, set: any, detail: any, topic: any}} props */
export function MorePart({ kind, catalog, values, set, detail, topic }) {
  const may = (name) => kind.optional.includes(name);
  const option = (field) => (code) => ({ value: code, label: t('o.' + field + '.' + code) });
  const local = values.occurred_at ? values.occurred_at.slice(0, 16) : '';
  const setTime = (text) => { const ms = new Date(text).getTime(); if (!Number.isNaN(ms)) set({ occurred_at: timeText(ms) }); };
  const number = (name) => (text) => set({ [name]: Number(text.replace(/\D/g, '')) || 0 });
  return html`<details class="more"><summary>${t('log.more')} <span class="optional">${t('o.mode.' + values.mode)}${local ? ' · ' + local.replace('T', ' ').slice(5) : ''}</span></summary><div class="inside">
    <${Choice} id="f-mode" label=${t('f.mode')} value=${values.mode} options=${MODES.map(option('mode'))} onPick=${(mode) => set({ mode })} />
    <${TextField} id="f-occurred_at" label=${t('f.occurred_at')} type="datetime-local" value=${local} onText=${setTime} hint=${t('log.time_hint')} />
    <${TextField} id="f-title" label=${t('f.title')} value=${values.title} placeholder=${topic ? topic.zh : ''} onText=${(title) => set({ title })} maxlength="60" hint=${t('log.title_hint')} optional />
    <${UrgentNote} text=${values.title} shown=${values.summary} />
    <${TextField} id="f-place" label=${t('f.place')} value=${values.place} onText=${(place) => set({ place })} maxlength="200" optional />
    ${may('duration_min') ? html`<${TextField} id="f-duration_min" label=${t('f.duration_min')} inputmode="numeric" value=${values.duration_min ? String(values.duration_min) : ''} onText=${number('duration_min')} maxlength="5" optional />` : null}
    ${may('persons') ? html`<${TextField} id="f-persons" label=${t('f.persons')} inputmode="numeric" value=${values.persons ? String(values.persons) : ''} onText=${number('persons')} maxlength="6" optional />` : null}
    ${may('client_group') && values.client_kind !== 'anonymous' ? html`<${Choices} id="f-client_groups" label=${t('f.client_groups')} values=${values.client_groups || []} options=${GROUPS.map(option('client_groups'))} onPick=${(list) => set({ client_groups: list })} hint=${t('log.groups_hint')} optional />` : null}
    ${may('consent') ? html`<${ConsentCheck} values=${values} set=${set} />` : null}
    <${Choice} id="f-secrecy" label=${t('f.secrecy')} value=${values.secrecy} options=${['normal', 'private', 'sealed'].map(option('secrecy'))} onPick=${(secrecy) => set({ secrecy })} />
    ${kind.optional.filter(own).map((name) => html`<${FieldOf} key=${name} name=${name} catalog=${catalog} value=${values.details[name]} onValue=${(value) => detail(name, value)} optional />`)}
  </div></details>`;
}
