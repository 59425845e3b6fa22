// The phones of the region: who has not been heard of, who still carries records that nobody else has.
import { html } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { get } from './api.js';
import { Fault, Head, Waiting } from './frame.js';
import { ago, label, stamp } from './format.js';
import { usePolled } from './poll.js';

export function Phones() {
  const { data, error, reload } = usePolled(() => get('/api/office/phones'), []);
  return html`<${Head} title=${t('office.phones.title')} sub=${t('office.phones.sub')} count=${data ? data.items.filter((p) => p.late).length : 0}>
      <a class="btn primary" href="#/pairing">${t('office.phones.pair')}</a><//>
    <${Fault} error=${error} onRetry=${reload} />
    ${data ? html`<${List} items=${data.items} days=${data.late_days} />` : error ? null : html`<${Waiting} />`}`;
}

function List({ items, days }) {
  if (!items.length) {
    return html`<div class="card empty"><p><strong>${t('office.phones.empty')}</strong></p><p>${t('office.phones.empty.teach')}</p>
      <p class="row center"><a class="btn" href="#/pairing">${t('office.phones.pair')}</a></p></div>`;
  }
  return html`<div class="table-box" role="group" aria-label=${t('office.phones.title')} tabindex="0"><table class="services">
    <thead><tr><th scope="col">${t('office.phones.who')}</th><th scope="col">${t('office.phones.name')}</th><th scope="col">${t('office.phones.seen')}</th>
      <th scope="col">${t('office.phones.unsent')}</th><th scope="col">${t('office.phones.sent')}</th><th scope="col">${t('office.phones.state')}</th></tr></thead>
    <tbody>${items.map((p) => html`<tr key=${p.id}>
      <td data-label=${t('office.phones.who')}><strong>${p.staff_name || t('office.unknown')}</strong></td>
      <td data-label=${t('office.phones.name')}>${p.name || '—'} <span class="mono small muted">${p.alias}</span></td>
      <td data-label=${t('office.phones.seen')}>${ago(p.seen_at)}<span class="small muted block">${stamp(p.seen_at)}</span></td>
      <td class="num-left" data-label=${t('office.phones.unsent')}>${p.unsent || 0}</td>
      <td class="num-left" data-label=${t('office.phones.sent')}>${p.last_change || 0}</td>
      <td data-label=${t('office.phones.state')}><span class="badges"><span class=${'badge ' + (p.state === 'active' ? 'good' : 'bad')}>${label('install_state', p.state)}</span>
        ${p.late ? html`<span class="badge warn">${t('office.phones.late', { n: days })}</span>` : null}</span></td></tr>`)}</tbody>
  </table></div><p class="small muted">${t('office.phones.note', { n: days })}</p>`;
}
