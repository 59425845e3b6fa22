// The first screen: my villages, what was done there, what still waits on this phone.
import { html } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { Icon } from '../../ui/icon.js';
import { Empty, Note, Page } from '../../ui/page.js';
import { listDrafts, overview } from '../../store/views.js';
import { db, me, regionName, status, useStored, waiting } from './app.js';
import { ago, chinaDate, dayName, draftLine, shortDay } from './format.js';

export function Today() {
  const { regions, staff, state } = me.value;
  const now = Date.now();
  const rows = useStored(() => overview(db(), regions.map((r) => r.code), chinaDate(now).slice(0, 7)), [regions.map((r) => r.code).join()]);
  const drafts = useStored(() => listDrafts(db()), []);
  return html`<${Page} title=${t('today.title')} sub=${dayName(now) + ' · ' + staff.name}>
    <div class="stack">
      ${state !== 'active' ? html`<${Note} kind="bad" alert title=${t('state.' + state)}><p>${t('state.' + state + '.hint')}</p></${Note}>` : null}
      <${Line} now=${now} />
      ${drafts && drafts.length ? html`<${Drafts} drafts=${drafts} now=${now} />` : null}
      <h2>${t('today.villages')}</h2>
      ${regions.length === 0 ? html`<${Empty}><p>${t('today.no_villages')}</p></${Empty}>` : null}
      <ul class="villages">${regions.map((r, i) => html`<${Village} key=${r.code} region=${r} row=${rows && rows.find((x) => x.region === r.code)} first=${i === 0} />`)}</ul>
    </div></${Page}>`;
}

/** How syncing stands, in one line that leads to its screen. */
function Line({ now }) {
  const { unsent, oldest, problems } = waiting.value;
  const { running, error, lastOk } = status.value;
  const text = unsent ? t('today.unsent', { n: unsent, age: ago(oldest, now) }) : running ? t('today.syncing') : lastOk ? t('today.all_sent', { age: ago(lastOk, now) }) : t('today.nothing_waits');
  return html`<a class=${'strip' + (unsent ? ' warn' : ' good')} href="#/sync">
      <${Icon} name=${unsent ? 'clock' : 'check'} /><span class="grow">${text}${error && unsent ? ' ' + t('today.safe') : ''}</span><${Icon} name="next" /></a>
    ${problems.length ? html`<a class="strip bad" href="#/sync"><${Icon} name="warn" /><span class="grow">${t('today.problems', { n: problems.length })}</span><${Icon} name="next" /></a>` : null}`;
}

function Drafts({ drafts, now }) {
  return html`<section aria-labelledby="drafts"><h2 id="drafts">${t('today.drafts')}</h2>
    <ul class="list">${drafts.map((d) => html`<li key=${d.id}><a href=${'#/log/' + d.region + (d.record ? '/' + d.record : '')}>
      <${Icon} name="pen" /><span class="grow">${regionName(d.region)}<br /><span class="muted small">${draftLine(d.values) || t('today.empty_draft')}</span></span>
      <span class="muted small">${ago(d.at, now)}</span></a></li>`)}</ul></section>`;
}

function Village({ region, row, first }) {
  const name = regionName(region.code);
  return html`<li class="card village">
    <a class="village-name" href=${'#/village/' + region.code}>
      <h3>${name}</h3>
      <span class="muted small">${row ? t('today.counts', { month: row.month, total: row.total }) : ' '}${row && row.last ? html`<br />${t('today.last', { day: shortDay(row.last) })}` : null}</span>
      ${row && row.unsent ? html`<span class="badge warn">${t('today.unsent_here', { n: row.unsent })}</span>` : null}
    </a>
    <a class=${'btn' + (first ? ' primary' : '')} href=${'#/log/' + region.code} aria-label=${t('today.log_in', { name })}><${Icon} name="plus" />${t('today.log')}</a>
  </li>`;
}
