// The first screen of the day: what waits, what came in.
import { html } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { go } from '../../ui/router.js';
import { get, query } from './api.js';
import { Fault, Head, Waiting } from './frame.js';
import { today } from './format.js';
import { usePolled } from './poll.js';
import { ServiceTable } from './table.js';

/** The numbers of the day, each a door to the records behind it. @param {any} counts @param {string} date */
function doors(counts, date) {
  return [
    { key: 'today', n: counts.today, href: '#/services?from=' + date + '&to=' + date },
    { key: 'waiting', n: counts.waiting, href: '#/services?state=submitted', warn: counts.waiting > 0 },
    { key: 'returned', n: counts.returned, href: '#/services?state=returned' },
    { key: 'late_phones', n: counts.late_phones, href: '#/phones', warn: counts.late_phones > 0 },
    { key: 'bad_ratings', n: counts.bad_ratings, href: '#/services?bad=1', warn: counts.bad_ratings > 0 },
  ];
}

/** @param {{args: string[], query: Record<string, string>}} props */
export function Today({ query: asked }) {
  const date = /^\d{4}-\d\d-\d\d$/.test(asked.date || '') ? asked.date : today();
  const { data, error, reload } = usePolled(() => get('/api/office/today' + query({ date })), [date]);
  const pick = (e) => {
    const next = e.currentTarget.value || today();
    go('#/today' + query({ date: next === today() ? '' : next }), true);
  };
  return html`
    <${Head} title=${t('office.today.title')} sub=${data ? data.region.name : ''} count=${data ? data.counts.waiting : 0}>
      <label class="inline"><span>${t('office.today.date')}</span> <input type="date" value=${date} max=${today()} onChange=${pick} /></label>
    <//>
    <${Fault} error=${error} onRetry=${reload} />
    ${data ? html`<${Day} data=${data} date=${date} />` : error ? null : html`<${Waiting} />`}`;
}

function Day({ data, date }) {
  return html`
    <ul class="doors">${doors(data.counts, date).map((d) => html`<li key=${d.key}>
      <a class=${'card stat' + (d.warn ? ' warn' : '')} href=${d.href}><b>${d.n}</b><span>${t('office.count.' + d.key)}</span></a></li>`)}</ul>
    <section class="stack" aria-labelledby="list-head">
      <div class="row between"><h2 id="list-head">${t('office.today.list', { date })}</h2>${data.list.items.length ? html`<p class="small muted no-print keys">${t('office.keys')}</p>` : null}</div>
      ${data.list.items.length ? html`<${ServiceTable} items=${data.list.items} day caption=${t('office.today.list', { date })} places=${data.region.level !== 'township'} />`
        : html`<div class="card empty"><p><strong>${t('office.today.empty')}</strong></p><p>${t('office.today.empty.teach')}</p>
          <p class="row center"><a class="btn" href="#/pairing">${t('office.today.empty.pair')}</a> <a class="btn quiet" href="#/services">${t('office.today.empty.all')}</a></p></div>`}
      ${data.list.next ? html`<p><a class="btn" href=${'#/services?from=' + date + '&to=' + date}>${t('office.today.more')}</a></p>` : null}
    </section>`;
}
