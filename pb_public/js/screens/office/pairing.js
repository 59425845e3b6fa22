// A new phone for a counsel: the code is shown on this screen only, works once and for ten minutes.
import { html, useEffect, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { qrPath } from '../../core/qr.js';
import { Qr } from '../../ui/qr.js';
import { get, post } from './api.js';
import { Enlist } from './enlist.js';
import { Fault, Head, Waiting } from './frame.js';
import { groups } from './format.js';
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
  const [left, setLeft] = useState(secondsLeft(code.expires_at));
  useEffect(() => {
    const timer = setInterval(() => setLeft(secondsLeft(code.expires_at)), 1000);
    return () => clearInterval(timer);
  }, [code.expires_at]);
  const qr = qrPath(code.url);
  const over = left <= 0;
  return html`<section class="card pairing" aria-labelledby="code-head">
    <div class="stack"><h2 id="code-head">${t('office.pairing.for', { name: code.staff.name })}</h2>
      ${over ? html`<p class="note bad" role="alert">${t('office.pairing.over')}</p>` : html`
        <p class="big-code mono">${groups(code.code)}</p>
        <p role="timer">${t('office.pairing.left', { m: Math.floor(left / 60), s: String(left % 60).padStart(2, '0') })}</p>
        <ol><li>${t('office.pairing.step1')}</li><li>${t('office.pairing.step2')}</li><li>${t('office.pairing.step3')}</li></ol>
        <p class="small muted">${code.url}</p>`}
      <p><button type="button" onClick=${onClose}>${t('ui.close')}</button></p></div>
    ${over ? null : html`<${Qr} size=${qr.size} path=${qr.path} label=${t('office.pairing.qr', { name: code.staff.name })} />`}
  </section>`;
}

/** Seconds until a moment, never negative. @param {string|number} until @param {number} [now] */
export function secondsLeft(until, now = Date.now()) {
  const end = typeof until === 'number' ? until : Date.parse(until);
  return Math.max(0, Math.floor((end - now) / 1000)) || 0;
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
