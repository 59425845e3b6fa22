// The people of the region: who may log in, who serves which village. Administrators add accounts here.
import { html, useState } from '../../../vendor/ui.js';
import { addMessages, t } from '../../i18n/i18n.js';
import { Choice, TextField } from '../../ui/form.js';
import { get } from './api.js';
import { Enlist } from './enlist.js';
import { Fault, Head, Waiting } from './frame.js';
import { usePolled } from './poll.js';
import { session } from './session.js';
import { NewAccount } from './staff-new.js';
import { Secret } from './staff-secret.js';
import * as texts from './texts-staff.js';

addMessages(texts);

/** Those whom the words and the choice leave. @param {any[]} items @param {string} words @param {string} show active, disabled or a role */
export function found(items, words, show) {
  const wanted = words.trim().toLowerCase();
  return items.filter((p) => {
    const text = [p.name, p.login, p.institution_name, ...p.assignments.map((a) => a.name)].join(' ').toLowerCase();
    return text.includes(wanted) && (show === 'disabled' ? p.state !== 'active' : p.state === 'active');
  });
}

/** Villages that somebody serves now. @param {any} person */
export function serves(person) {
  return person.assignments.filter((a) => a.phase === 'now').map((a) => a.name || a.region);
}

export function Staff() {
  const { data, error, reload } = usePolled(() => get('/api/cunju/staff'), []);
  const [adding, setAdding] = useState('');
  const [secret, setSecret] = useState(/** @type {any} */ (null));
  const admin = session.value && session.value.staff.role === 'admin';
  const added = (made) => { setAdding(''); setSecret(made || null); reload(); };
  return html`<${Head} title=${t('office.staff.title')} sub=${t('office.staff.sub')}>
      ${admin && !adding ? html`<button type="button" class="primary" onClick=${() => setAdding('account')}>${t('office.staff.add')}</button>
        <button type="button" onClick=${() => setAdding('counsel')}>${t('office.enlist.open')}</button>` : null}<//>
    ${secret ? html`<${Secret} title=${t('office.staff.first', { name: secret.name })} login=${secret.login} password=${secret.password} onClose=${() => setSecret(null)} />` : null}
    ${adding === 'account' && data ? html`<${NewAccount} roles=${data.roles} onDone=${added} onClose=${() => setAdding('')} />` : null}
    ${adding === 'counsel' ? html`<${Enlist} onDone=${() => added()} onClose=${() => setAdding('')} />` : null}
    <${Fault} error=${error} onRetry=${reload} />
    ${data ? html`<${List} items=${data.items} admin=${admin} />` : error ? null : html`<${Waiting} />`}`;
}

function List({ items, admin }) {
  const [words, setWords] = useState('');
  const [show, setShow] = useState('active');
  const shown = found(items, words, show);
  return html`<form class="filters card no-print" role="search" aria-label=${t('office.staff.find')} onSubmit=${(e) => e.preventDefault()}>
      <${TextField} id="q" type="search" label=${t('office.staff.find')} value=${words} onText=${setWords} placeholder=${t('office.staff.find.hint')} maxlength="60" />
      <${Choice} id="show" label=${t('office.staff.show')} value=${show} onPick=${setShow}
        options=${['active', 'disabled'].map((s) => ({ value: s, label: t('office.staff.state.' + s) }))} /></form>
    <p class="small muted" role="status">${t('office.staff.count', { n: shown.length })}</p>
    ${shown.length ? html`<${Table} items=${shown} admin=${admin} />`
      : html`<div class="card empty"><p><strong>${t('office.staff.none')}</strong></p><p>${t(show === 'disabled' ? 'office.staff.none.disabled' : 'office.staff.none.teach')}</p></div>`}`;
}

function Table({ items, admin }) {
  return html`<div class="table-box" role="group" aria-label=${t('office.staff.title')} tabindex="0"><table class="services">
    <caption class="sr-only">${t('office.staff.title')}</caption>
    <thead><tr><th scope="col">${t('office.staff.name')}</th><th scope="col">${t('office.staff.role')}</th>${admin ? html`<th scope="col">${t('office.staff.login')}</th>` : null}
      <th scope="col">${t('office.staff.where')}</th><th scope="col">${t('office.staff.phones')}</th><th scope="col">${t('office.staff.state')}</th></tr></thead>
    <tbody>${items.map((p) => html`<tr key=${p.id}>
      <td data-label=${t('office.staff.name')}><a class="open" href=${'#/staff/' + p.id}>${p.name}</a>${p.self ? html` <span class="small muted">${t('office.staff.self')}</span>` : null}</td>
      <td data-label=${t('office.staff.role')}>${t('office.role.' + p.role)}</td>
      ${admin ? html`<td data-label=${t('office.staff.login')}>${p.login || '—'}</td>` : null}
      <td data-label=${t('office.staff.where')}>${p.role === 'counsel' ? serves(p).join('、') || html`<span class="badge warn">${t('office.staff.no_village')}</span>` : p.region_name}</td>
      <td class="num-left" data-label=${t('office.staff.phones')}>${p.role === 'counsel' ? p.phones : '—'}</td>
      <td data-label=${t('office.staff.state')}><${StateOf} person=${p} /></td></tr>`)}</tbody></table></div>`;
}

/** @param {{person: any}} props */
export function StateOf({ person }) {
  return html`<span class=${'badge ' + (person.state === 'active' ? 'good' : 'bad')}>${t('office.staff.state.' + person.state)}</span>`;
}
