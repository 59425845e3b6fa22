// A new village counsel: what the public board shows, and the villages. Only administrators see it.
import { html, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { Choices, TextField } from '../../ui/form.js';
import { announce } from '../../ui/live.js';
import { post } from './api.js';
import { Fault } from './frame.js';
import { Places } from './places.js';

const MAX = 8;
const EMPTY = { name: '', institution_name: '', licence_no: '', phone: '' };

/** What the form still lacks, as message keys by field. @param {{name: string}} values @param {string[]} villages */
export function lacks(values, villages) {
  /** @type {Record<string, string>} */
  const missing = {};
  if (!values.name.trim()) missing.name = 'ui.needed';
  if (!villages.length) missing.villages = 'office.enlist.villages.needed';
  else if (villages.length > MAX) missing.villages = 'office.enlist.villages.many';
  return missing;
}

/** @param {{onDone: () => void, onClose: () => void}} props */
export function Enlist({ onDone, onClose }) {
  const [values, setValues] = useState(EMPTY);
  const [villages, setVillages] = useState(/** @type {string[]} */ ([]));
  const [missing, setMissing] = useState(/** @type {Record<string, string>} */ ({}));
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const set = (name) => (text) => setValues((old) => ({ ...old, [name]: text }));
  const submit = async (e) => {
    e.preventDefault();
    const gaps = lacks(values, villages);
    setMissing(gaps);
    setFailed(null);
    if (Object.keys(gaps).length) return;
    try {
      await post('/api/office/counsel', { ...values, villages });
      announce(t('office.enlist.done', { name: values.name.trim() }));
      onDone();
    } catch (err) { setFailed(err); }
  };
  const error = (name) => (missing[name] ? t(missing[name]) : '');
  return html`<form class="card stack enlist" onSubmit=${submit} novalidate aria-labelledby="enlist-head">
    <h2 id="enlist-head">${t('office.enlist.title')}</h2>
    <${Fault} error=${failed} />
    <div class="two-fields">
      <${TextField} id="name" label=${t('office.pairing.name')} value=${values.name} onText=${set('name')} error=${error('name')} maxlength="60" />
      <${TextField} id="phone" label=${t('office.enlist.phone')} value=${values.phone} onText=${set('phone')} hint=${t('office.enlist.phone.hint')} optional inputmode="tel" maxlength="30" />
      <${TextField} id="institution" label=${t('office.pairing.institution')} value=${values.institution_name} onText=${set('institution_name')} optional maxlength="120" />
      <${TextField} id="licence" label=${t('office.enlist.licence')} value=${values.licence_no} onText=${set('licence_no')} optional maxlength="40" />
    </div>
    <${Villages} picked=${villages} onPick=${setVillages} />
    ${missing.villages ? html`<p class="error" role="alert">${error('villages')}</p>` : null}
    <div class="row"><button type="submit" class="primary">${t('office.enlist.save')}</button>
      <button type="button" onClick=${onClose}>${t('ui.cancel')}</button></div>
  </form>`;
}

/** Villages to tick, under the lists that lead to them. @param {{picked: string[], onPick: (codes: string[]) => void, without?: string[]}} props without: villages not to offer */
export function Villages({ picked, onPick, without }) {
  return html`<div class="stack"><${Places} level="village" onLeave=${() => onPick([])}>${(options) => html`<${Choices} id="villages" label=${t('office.enlist.villages')}
    hint=${t('office.enlist.villages.hint')} values=${picked} options=${options.filter((o) => !(without || []).includes(o.value))} onPick=${onPick} />`}<//></div>`;
}
