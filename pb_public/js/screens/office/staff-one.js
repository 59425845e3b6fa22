// One account: what it may do, its villages, a new password, out of use and back.
import { html, useState } from '../../../vendor/ui.js';
import { addMessages, t } from '../../i18n/i18n.js';
import { ask } from '../../ui/dialog.js';
import { announce } from '../../ui/live.js';
import { get, post } from './api.js';
import { Villages } from './enlist.js';
import { Fault, Head, Waiting } from './frame.js';
import { usePolled } from './poll.js';
import { session } from './session.js';
import { StateOf } from './staff.js';
import { Intervals } from './staff-villages.js';
import { Secret } from './staff-secret.js';
import * as texts from './texts-staff.js';

addMessages(texts);

/** @param {{args: string[]}} props */
export function Person({ args }) {
  const id = args[0];
  const { data, error, reload } = usePolled(() => get('/api/cunju/staff'), []);
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const [secret, setSecret] = useState(/** @type {any} */ (null));
  const run = async (work, done) => {
    setFailed(null);
    try {
      await work();
      if (done) announce(done);
      await reload();
      return true;
    } catch (err) {
      setFailed(err);
      return false;
    }
  };
  const person = data && data.items.find((p) => p.id === id);
  if (!person) return html`<${Head} title=${t('office.staff.title')} /><p><a href="#/staff">${t('office.staff.back')}</a></p>
    ${error ? html`<${Fault} error=${error} onRetry=${reload} />` : data ? html`<div class="card empty"><p><strong>${t('office.staff.gone')}</strong></p><p>${t('office.staff.gone.teach')}</p></div>` : html`<${Waiting} />`}`;
  return html`<${Head} title=${person.name} sub=${t('office.role.' + person.role) + ' · ' + person.region_name}><${Actions} person=${person} run=${run} onSecret=${setSecret} /><//>
    <p class="no-print row"><a href="#/staff">${t('office.staff.back')}</a><${StateOf} person=${person} /></p>
    <${Fault} error=${failed || error} />
    ${secret ? html`<${Secret} title=${t('office.staff.reset.for', { name: person.name })} login=${secret.login} password=${secret.password} onClose=${() => setSecret(null)} />` : null}
    ${person.state !== 'active' ? html`<p class="note warn">${t('office.staff.disabled.note')}</p>` : null}
    ${person.role === 'counsel' ? html`<${Counsel} person=${person} grace=${data.grace_days} run=${run} />` : html`<${Facts} person=${person} />`}`;
}

function Actions({ person, run, onSecret }) {
  const admin = session.value && session.value.staff.role === 'admin';
  if (person.self) return html`<a class="btn" href="#/account">${t('office.account.title')}</a>`;
  if (!admin || !person.own) return null;
  const path = '/api/cunju/staff/' + person.id;
  const counsel = person.role === 'counsel';
  const name = person.name;
  const reset = async () => {
    const yes = await ask({ title: t('office.staff.reset.title', { name }), text: t('office.staff.reset.text'), yes: t('office.staff.reset') });
    if (yes !== null) run(async () => onSecret(await post(path + '/password', {})));
  };
  const disable = async () => {
    const yes = await ask({ title: t('office.staff.disable.title', { name }), text: t(counsel ? 'office.staff.disable.counsel' : 'office.staff.disable.text'), yes: t('office.staff.disable'), danger: true });
    if (yes !== null) run(() => post(path + '/state', { state: 'disabled' }), t('office.staff.disabled'));
  };
  const enable = () => run(() => post(path + '/state', { state: 'active' }), t('office.staff.enabled'));
  return html`${counsel ? html`<a class="btn" href="#/pairing">${t('office.phones.pair')}</a>` : person.state === 'active' ? html`<button type="button" onClick=${reset}>${t('office.staff.reset')}</button>` : null}
    ${person.state === 'active' ? html`<button type="button" class="danger" onClick=${disable}>${t('office.staff.disable')}</button>`
      : html`<button type="button" class="primary" onClick=${enable}>${t('office.staff.enable')}</button>`}`;
}

function Facts({ person }) {
  return html`<section class="card" aria-labelledby="facts-head"><h2 id="facts-head">${t('office.record.facts')}</h2><dl class="facts">
    ${person.login ? html`<dt>${t('office.staff.login')}</dt><dd>${person.login}</dd>` : null}
    <dt>${t('office.staff.region')}</dt><dd>${person.region_name}</dd><dt>${t('office.staff.role')}</dt><dd>${t('office.role.' + person.role)}：${t('office.staff.role.' + person.role)}</dd></dl></section>`;
}

function Counsel({ person, grace, run }) {
  const [adding, setAdding] = useState(false);
  const [picked, setPicked] = useState(/** @type {string[]} */ ([]));
  const [missing, setMissing] = useState(false);
  const held = person.assignments.filter((a) => a.phase === 'now' || a.phase === 'future').map((a) => a.region);
  const add = async (e) => {
    e.preventDefault();
    setMissing(!picked.length);
    if (!picked.length) return;
    if (await run(() => post('/api/cunju/staff/' + person.id + '/villages', { villages: picked }), t('office.staff.village.added'))) {
      setAdding(false);
      setPicked([]);
    }
  };
  const pick = (codes) => { setMissing(false); setPicked(codes); };
  return html`<section class="stack" aria-labelledby="villages-head">
    <div class="row between"><h2 id="villages-head">${t('office.staff.villages')}</h2>
      ${adding || person.state !== 'active' ? null : html`<button type="button" class="no-print" onClick=${() => setAdding(true)}>${t('office.staff.village.add')}</button>`}</div>
    ${adding ? html`<form class="card stack enlist" onSubmit=${add} novalidate aria-labelledby="add-head"><h3 id="add-head">${t('office.staff.village.add')}</h3>
      <${Villages} picked=${picked} onPick=${pick} without=${held} />
      ${missing ? html`<p class="error" role="alert">${t('office.enlist.villages.needed')}</p>` : null}
      <p class="small muted">${t('office.staff.village.pair')}</p>
      <div class="row"><button type="submit" class="primary">${t('office.enlist.save')}</button><button type="button" onClick=${() => setAdding(false)}>${t('ui.cancel')}</button></div></form>` : null}
    <${Intervals} items=${person.assignments} grace=${grace} run=${run} />
    <div class="card"><dl class="facts"><dt>${t('office.pairing.institution')}</dt><dd>${person.institution_name || '—'}</dd><dt>${t('office.pairing.phones')}</dt><dd>${person.phones}</dd></dl></div></section>`;
}
