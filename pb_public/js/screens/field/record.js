// One record: the code for the resident, how far it has travelled, what it says.
import { html, useEffect, useState } from '../../../vendor/ui.js';
import { addMessages, nameOf, t } from '../../i18n/i18n.js';
import * as texts from '../../i18n/field-more.js';
import * as labels from '../../i18n/labels.js';
import { dayOf, grouped, ratingToken, ratingUrl, yearOf } from '../../core/code.js';
import { qrPath } from '../../core/qr.js';
import { object, reasonOf } from '../../core/service.js';
import { getMeta } from '../../store/meta.js';
import { getView } from '../../store/views.js';
import { ask } from '../../ui/dialog.js';
import { announce } from '../../ui/live.js';
import { Note, Page } from '../../ui/page.js';
import { Qr } from '../../ui/qr.js';
import { SignatureView } from '../../ui/sign.js';
import { Ticks } from '../../ui/ticks.js';
import { back } from '../../ui/router.js';
import { db, me, regionName, sync, syncReady, useStored } from './app.js';
import { loadCatalog } from './catalog.js';
import { Files } from './files.js';
import { moment } from './format.js';
import { mayEdit, voidRecord } from './log-state.js';
import { State } from './village.js';

addMessages(texts);
addMessages(labels);

/** Days after the service in which a rating counts (rules.md Q2). */
const WINDOW = 30;

export default function Record({ args: [id] }) {
  const data = useStored(async () => {
    const [view, catalog] = await Promise.all([getView(db(), 'services/' + id), loadCatalog()]);
    return { view, catalog };
  }, [id]);
  if (!data) return html`<${Page} title=${t('record.title')} onBack=${() => back('#/today')}><p class="empty">${t('app.loading')}</p></${Page}>`;
  if (!data.view) return html`<${Page} title=${t('record.title')} onBack=${() => back('#/today')}><${Note} kind="warn"><p>${t('record.none')}</p></${Note}></${Page}>`;
  return html`<${Shown} view=${data.view} catalog=${data.catalog} />`;
}

function Shown({ view, catalog }) {
  const { set } = view;
  const kind = catalog.kinds.get(set.kind);
  const topic = catalog.topic(set.topic || '');
  const mine = set.counsel === me.value.staff.id;
  const rated = mine && kind && kind.rated && set.state !== 'voided' && set.state !== 'draft';
  return html`<${Page} title=${set.title || (topic ? nameOf(topic) : t('record.title'))} sub=${[kind && nameOf(kind), regionName(view.region)].filter(Boolean).join(' · ')} onBack=${() => back('#/village/' + view.region)}>
    <div class="stack">
      <p class="row"><${State} set=${set} /> ${view.own ? html`<${Ticks} level=${view.level} problem=${Boolean(view.problem)} long />` : null}</p>
      ${view.problem ? html`<${Problem} verdict=${view.problem} />` : null}
      ${set.return_reason ? html`<${Note} kind="warn" title=${t(set.state === 'voided' ? 'record.voided' : 'record.returned')}><p>${set.return_reason}</p></${Note}>` : null}
      ${rated ? html`<${Code} view=${view} />` : null}
      <${Actions} view=${view} mine=${mine} />
      <${Files} service=${view.r} region=${view.region} mine=${mine} />
      <section class="card" aria-label=${t('record.facts')}><${Facts} view=${view} kind=${kind} topic=${topic} /></section>
      ${view.own ? html`<section class="card"><h2>${t('record.trail')}</h2><${Trail} level=${view.level} /></section>` : null}
      <a class="btn block" href=${'#/log/' + view.region}>${t('record.another', { village: regionName(view.region) })}</a>
    </div></${Page}>`;
}

/** The words for what a server decided about a change. @param {{verdict: string}} props */
export function Problem({ verdict }) {
  if (!verdict.startsWith('refused:')) return html`<${Note} kind="warn" title=${t('verdict.' + verdict)}><p>${t('verdict.' + verdict + '.hint')}</p></${Note}>`;
  const { key, field } = reasonOf(verdict);
  return html`<${Note} kind="bad" title=${t('verdict.refused')}><p>${t(key, { field: field ? t('f.' + field) : '' })}</p></${Note}>`;
}

/** The rating code: made here, offline; the batch that proves the record is sealed first. */
function Code({ view }) {
  const [code, setCode] = useState(/** @type {any} */ (null));
  useEffect(() => {
    let live = true;
    makeCode(view).then((made) => { if (live) setCode(made); }, () => { if (live) setCode({ missing: true }); });
    return () => { live = false; };
  }, [view.r, view.set.occurred_at]);
  if (!code) return html`<section class="card code-card"><p class="empty">${t('app.loading')}</p></section>`;
  if (code.late) return html`<p class="muted small">${t('record.late')}</p>`;
  if (code.missing) return html`<${Note} kind="warn"><p>${t('record.no_code')}</p></${Note}>`;
  return html`<section class="card code-card" aria-label=${t('record.code')}>
    <${Qr} size=${code.qr.size} path=${code.qr.path} label=${t('record.qr')} />
    <p class="code">${grouped(code.token)}</p>
    <p class="ask">${t('record.ask')}</p><p class="muted small">${t('record.ask_more')}</p></section>`;
}

async function makeCode(view) {
  await (await syncReady()).seal();
  const { tokens, alias, rating_base: base } = await getMeta(db(), ['tokens', 'alias', 'rating_base']);
  const day = dayOf(Date.parse(view.set.occurred_at));
  if (dayOf(Date.now()) - day > WINDOW) return { late: true };
  const key = tokens[yearOf(day)];
  if (!key) return { missing: true };
  const token = await ratingToken(key, { alias, day, service: view.r });
  return { token, qr: qrPath(ratingUrl(base, token)) };
}

function Actions({ view, mine }) {
  const now = Date.now();
  if (!mine) return null;
  const staff = me.value.staff.id;
  const takeBack = async () => {
    const reason = await ask({ title: t('record.void_ask'), text: t('record.void_text'), yes: t('record.void'), danger: true, input: { label: t('record.void_reason'), required: true } });
    if (reason === null) return;
    await voidRecord(db(), view, staff, reason, Date.now());
    if (sync()) sync().saved();
    announce(t('record.void_done'));
  };
  if (!mayEdit(view, staff, now)) return view.set.state === 'submitted' ? html`<p class="muted small">${t('record.locked')}</p>` : null;
  return html`<div class="row"><a class="btn grow" href=${'#/log/' + view.region + '/' + view.r}>${t('record.edit')}</a>
    <button type="button" class="danger grow" onClick=${takeBack}>${t('record.void')}</button></div>`;
}

function Trail({ level }) {
  return html`<ol class="trail">${[1, 2, 3].map((step) => html`<li key=${step} class=${level >= step ? 'done' : ''}>
    <span class="mark" aria-hidden="true">${level >= step ? '✓'.repeat(step) : '·'}</span><span>${t('trail.' + step)}${level >= step ? '' : ' — ' + t('trail.waiting')}</span></li>`)}</ol>`;
}

function Facts({ view, kind, topic }) {
  const { set } = view;
  const option = (field) => (set[field] ? t('o.' + field + '.' + set[field]) : '');
  const details = object(set.details);
  const rows = [['no', set.no || set.device_no], ['occurred_at', moment(set.occurred_at)], ['mode', option('mode')], ['place', set.place], ['topic', topic && nameOf(topic)],
    ['client_kind', [option('client_kind'), set.client_name, set.client_phone].filter(Boolean).join(' · ')], ['summary', set.summary], ['advice', set.advice], ['outcome', option('outcome')],
    ['follow_up_at', set.follow_up_at], ['duration_min', set.duration_min || ''], ['persons', set.persons || ''], ['secrecy', set.secrecy === 'normal' ? '' : option('secrecy')],
    ...Object.entries(details).filter(([name]) => name !== 'client_sign').map(([name, value]) => [name, shownDetail(name, value)])];
  return html`<dl class="facts">${rows.filter(([, value]) => value).map(([name, value]) => html`<dt key=${name}>${t('f.' + name)}</dt><dd>${value}</dd>`)}</dl>
    ${details.client_sign ? html`<p class="label">${t('presence.sign')}</p><${SignatureView} strokes=${details.client_sign} label=${t('presence.sign')} />` : null}`;
}

function shownDetail(name, value) {
  if (Array.isArray(value)) {
    return value.map((item) => (typeof item === 'object' ? Object.values(item).filter(Boolean).join('，') : t('o.' + name + '.' + item))).join('\n');
  }
  if (name === 'amount' || name === 'contract_amount') return (value / 100).toFixed(2);
  const key = 'o.' + name + '.' + value;
  return t(key) === key ? String(value) : t(key);
}
