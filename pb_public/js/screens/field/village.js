// One village: log something, see what was done, how far each record has travelled.
import { html, useState } from '../../../vendor/ui.js';
import { addMessages, nameOf, t } from '../../i18n/i18n.js';
import * as texts from '../../i18n/field-more.js';
import * as labels from '../../i18n/labels.js';
import { listIn } from '../../store/views.js';
import { Icon } from '../../ui/icon.js';
import { Empty, Page } from '../../ui/page.js';
import { Ticks } from '../../ui/ticks.js';
import { announce } from '../../ui/live.js';
import { back } from '../../ui/router.js';
import { db, me, regionName, setHere, sync, useStored } from './app.js';
import { loadCatalog } from './catalog.js';
import { chinaDate, dayName, moment } from './format.js';
import { endVisit, openVisit } from './log-state.js';

addMessages(texts);
addMessages(labels);
const FIRST = 30;

export default function Village({ args: [region] }) {
  const { staff } = me.value;
  const [shown, setShown] = useState(FIRST);
  const now = Date.now();
  const data = useStored(async () => {
    const [services, catalog, visit] = await Promise.all([listIn(db(), 'services', region), loadCatalog(), openVisit(db(), region, staff.id, Date.now())]);
    return { services, catalog, visit };
  }, [region]);
  const town = region.slice(0, 9) + '000';
  const end = async () => {
    await endVisit(db(), data.visit, staff.id, Date.now());
    if (sync()) sync().saved();
    announce(t('village.ended'));
  };
  return html`<${Page} title=${regionName(region)} sub=${regionName(town) === town ? '' : regionName(town)} onBack=${() => back('#/today')}>
    <div class="stack">
      <a class="btn primary big block" href=${'#/log/' + region} onClick=${() => setHere(region)}><${Icon} name="plus" />${t('village.log')}</a>
      ${data && data.visit ? html`<div class="card row between"><span>${t('village.since', { at: moment(data.visit.set.started_at) })}</span>
        <button type="button" onClick=${end}>${t('village.end')}</button></div>` : null}
      <h2>${t('village.services')}</h2>
      ${data === undefined ? html`<p class="empty">${t('app.loading')}</p>` : null}
      ${data && !data.services.length ? html`<${Empty}><p>${t('village.empty')}</p></${Empty}>` : null}
      ${data ? days(data.services.slice(0, shown), now).map(({ day, label, list }) => html`<section key=${day} aria-label=${label}>
        <h3 class="muted small">${label}</h3>
        <ul class="list services">${list.map((view) => html`<${Row} key=${view.k} view=${view} catalog=${data.catalog} />`)}</ul></section>`) : null}
      ${data && data.services.length > shown ? html`<button type="button" class="block" onClick=${() => setShown(shown + 100)}>${t('village.more', { n: data.services.length - shown })}</button>` : null}
    </div></${Page}>`;
}

/** Services under the days on which they were given. */
function days(list, now) {
  const today = chinaDate(now);
  const out = [];
  for (const view of list) {
    const ms = Date.parse(view.set.occurred_at || '');
    const day = Number.isNaN(ms) ? '' : chinaDate(ms);
    let last = out[out.length - 1];
    if (!last || last.day !== day) {
      last = { day, label: day === today ? t('village.today') : day ? dayName(ms) : t('village.undated'), list: [] };
      out.push(last);
    }
    last.list.push(view);
  }
  return out;
}

function Row({ view, catalog }) {
  const { set } = view;
  const kind = catalog.kinds.get(set.kind);
  const topic = catalog.topic(set.topic || '');
  const who = set.client_name || (set.client_kind ? t('o.client_kind.' + set.client_kind) : '');
  return html`<li><a href=${'#/record/' + view.r}>
    <span class="item-text"><b>${set.title || (topic ? nameOf(topic) : '')}</b><br />
      <span class="muted small">${[kind ? nameOf(kind) : set.kind, who].filter(Boolean).join(' · ')}</span><br />
      <${State} set=${set} /> ${view.own ? html`<${Ticks} level=${view.level} problem=${Boolean(view.problem)} />` : null}</span>
    <span class="chev"><${Icon} name="next" /></span></a></li>`;
}

/** Where a record stands with the office; submitted is the usual state and needs no badge. */
export function State({ set }) {
  const kind = { verified: 'good', returned: 'warn', voided: 'bad', draft: 'info' }[set.state];
  return kind ? html`<span class=${'badge ' + kind}>${t('state_of.' + set.state)}</span>` : null;
}
