// A new phone for a counsel: the code is shown on this screen only, works once and for ten minutes.
import { html, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { qrPath } from '../../core/qr.js';
import { Qr } from '../../ui/qr.js';
import { get, post } from './api.js';
import { OnceCode } from './code.js';
import { Enlist } from './enlist.js';
import { Fault, Head, Waiting } from './frame.js';
import { usePolled } from './poll.js';
import { session } from './session.js';

/** Phones and their people. An administrator adds people here, too. */
export function Pairing() {
  const { data, error, reload } = usePolled(() => get('/api/office/counsel'), []);
  const [code, setCode] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const [adding, setAdding] = useState(false);
  const admin = session.value && session.value.staff.role === 'admin';
  const pair = async (staff) => {
    setFailed(null);
    try { setCode({ ...(await post('/api/cunju/pairings', { staff: staff.id })), staff }); } catch (err) { setFailed(err); }
  };
  return html`<${Head} title=${t('office.pairing.title')} sub=${t('office.pairing.sub')}>
      ${admin && !adding ? html`<button type="button" onClick=${() => setAdding(true)}>${t('office.enlist.open')}</button>` : null}<//>
    ${adding ? html`<${Enlist} onDone=${() => { setAdding(false); reload(); }} onClose=${() => setAdding(false)} />` : null}
    <${Fault} error=${failed || error} onRetry=${error ? reload : undefined} />
    ${code ? html`<${Code} key=${code.code} code=${code} onClose=${() => setCode(null)} />` : null}
    ${data ? html`<${People} items=${data.items} admin=${admin} onPair=${pair} />` : error ? null : html`<${Waiting} />`}`;
}

function Code({ code, onClose }) {
  const qr = qrPath(code.url);
  const name = code.staff.name;
  return html`<${OnceCode} title=${t('office.pairing.for', { name })} code=${code.code} until=${code.expires_at} onClose=${onClose}
      picture=${html`<${Qr} size=${qr.size} path=${qr.path} label=${t('office.pairing.qr', { name })} />`}>
    <ol><li>${t('office.pairing.step1')}</li><li>${t('office.pairing.step2')}</li><li>${t('office.pairing.step3')}</li></ol>
    <p class="small muted">${code.url}</p><//>`;
}

function People({ items, admin, onPair }) {
  if (!items.length) return html`<div class="card empty"><p><strong>${t('office.pairing.empty')}</strong></p><p>${t(admin ? 'office.pairing.empty.admin' : 'office.pairing.empty.teach')}</p></div>`;
  return html`<div class="table-box" role="group" aria-label=${t('office.pairing.people')} tabindex="0"><table class="services">
    <caption class="sr-only">${t('office.pairing.people')}</caption>
    <thead><tr><th scope="col">${t('office.pairing.name')}</th><th scope="col">${t('office.pairing.institution')}</th><th scope="col">${t('office.pairing.villages')}</th>
      <th scope="col">${t('office.pairing.phones')}</th><th scope="col"><span class="sr-only">${t('office.pairing.make')}</span></th></tr></thead>
    <tbody>${items.map((p) => html`<tr key=${p.id}>
      <td data-label=${t('office.pairing.name')}><strong>${p.name}</strong></td><td data-label=${t('office.pairing.institution')}>${p.institution_name || '—'}</td>
      <td data-label=${t('office.pairing.villages')}>${p.villages.map((v) => v.name).join('、') || '—'}</td><td class="num-left" data-label=${t('office.pairing.phones')}>${p.phones}</td>
      <td><button type="button" aria-label=${t('office.pairing.make.for', { name: p.name })} onClick=${() => onPair(p)}>${t('office.pairing.make')}</button></td></tr>`)}</tbody>
  </table></div>`;
}
