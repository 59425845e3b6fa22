// The phones of the region: who has not been heard of, who still carries records that nobody else has.
import { html, useState } from '../../../vendor/ui.js';
import { addMessages, t } from '../../i18n/i18n.js';
import { announce } from '../../ui/live.js';
import { ask } from '../../ui/dialog.js';
import { get, post } from './api.js';
import { Fault, Head, Waiting } from './frame.js';
import { ago, label, stamp } from './format.js';
import { usePolled } from './poll.js';
import { session } from './session.js';
import * as texts from './texts-inbox.js';

addMessages(texts);

export function Phones() {
  const { data, error, reload } = usePolled(() => get('/api/office/phones'), []);
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const revoke = async (p) => {
    const reason = await ask({ title: t('office.phones.revoke.title', { who: p.staff_name || p.name }), text: t('office.phones.revoke.text'), yes: t('office.phones.revoke'), danger: true,
      input: { label: t('office.inbox.reason'), hint: t('office.inbox.reason.hint'), required: true } });
    if (reason === null) return;
    try {
      await post('/api/office/phones/' + p.id + '/revoke', { reason });
      setFailed(null);
      announce(t('office.phones.revoke.done'));
      await reload();
    } catch (err) { setFailed(err); }
  };
  return html`<${Head} title=${t('office.phones.title')} sub=${t('office.phones.sub')} count=${data ? data.items.filter((p) => p.late).length : 0}>
      <a class="btn primary" href="#/pairing">${t('office.phones.pair')}</a><//>
    <${Fault} error=${failed || error} onRetry=${error ? reload : undefined} />
    ${data ? html`<${List} items=${data.items} days=${data.late_days} onRevoke=${session.value && session.value.staff.role !== 'supervisor' ? revoke : null} />` : error ? null : html`<${Waiting} />`}`;
}

function List({ items, days, onRevoke }) {
  if (!items.length) {
    return html`<div class="card empty"><p><strong>${t('office.phones.empty')}</strong></p><p>${t('office.phones.empty.teach')}</p>
      <p class="row center"><a class="btn" href="#/pairing">${t('office.phones.pair')}</a></p></div>`;
  }
  return html`<div class="table-box" role="group" aria-label=${t('office.phones.title')} tabindex="0"><table class="services">
    <thead><tr><th scope="col">${t('office.phones.who')}</th><th scope="col">${t('office.phones.name')}</th><th scope="col">${t('office.phones.seen')}</th>
      <th scope="col">${t('office.phones.unsent')}</th><th scope="col">${t('office.phones.sent')}</th><th scope="col">${t('office.phones.state')}</th>${onRevoke ? html`<th scope="col">${t('office.phones.act')}</th>` : null}</tr></thead>
    <tbody>${items.map((p) => html`<tr key=${p.id}>
      <td data-label=${t('office.phones.who')}><strong>${p.staff_name || t('office.unknown')}</strong></td>
      <td data-label=${t('office.phones.name')}>${p.name || '—'} <span class="mono small muted">${p.alias}</span></td>
      <td data-label=${t('office.phones.seen')}>${ago(p.seen_at)}<span class="small muted block">${stamp(p.seen_at)}</span></td>
      <td class="num-left" data-label=${t('office.phones.unsent')}>${p.unsent || 0}</td>
      <td class="num-left" data-label=${t('office.phones.sent')}>${p.last_change || 0}</td>
      <td data-label=${t('office.phones.state')}><span class="badges"><span class=${'badge ' + (p.state === 'active' ? 'good' : 'bad')}>${label('install_state', p.state)}</span>
        ${p.late ? html`<span class="badge warn">${t('office.phones.late', { n: days })}</span>` : null}</span></td>
      ${onRevoke ? html`<td data-label=${t('office.phones.act')}>${p.state === 'revoked' ? null : html`<button type="button" class="quiet" aria-label=${t('office.phones.revoke.title', { who: p.staff_name || p.name })} onClick=${() => onRevoke(p)}>${t('office.phones.revoke')}</button>`}</td>` : null}</tr>`)}</tbody>
  </table></div><p class="small muted">${t('office.phones.note', { n: days })}</p>`;
}
