// A new village counsel: what the public board shows, and the villages. Only administrators see it.
import { html, useEffect, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { Choices, Select, TextField } from '../../ui/form.js';
import { announce } from '../../ui/live.js';
import { get, post, query } from './api.js';
import { Fault } from './frame.js';

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

// One list a level, from the login's own region down to villages.
function Villages({ picked, onPick }) {
  const [levels, setLevels] = useState(/** @type {any[]} */ ([]));
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const load = async (code, depth) => {
    try {
      const { places } = await get('/api/office/lists' + query({ region: code }));
      setLevels((old) => old.slice(0, depth).concat({ places, code: '' }));
    } catch (err) { setFailed(err); }
  };
  useEffect(() => { load('', 0); }, []);
  const choose = (depth) => (code) => {
    onPick([]);
    setLevels((old) => old.slice(0, depth + 1).map((l, i) => (i === depth ? { ...l, code } : l)));
    if (code) load(code, depth + 1);
  };
  return html`<div class="stack"><${Fault} error=${failed} />${levels.map((level, depth) => {
    const options = level.places.map((p) => ({ value: p.code, label: p.name }));
    if (level.places.length && level.places[0].level === 'village') {
      return html`<${Choices} key=${depth} id="villages" label=${t('office.enlist.villages')} hint=${t('office.enlist.villages.hint')} values=${picked} options=${options} onPick=${onPick} />`;
    }
    return html`<${Select} key=${depth} id=${'place' + depth} label=${t('office.enlist.place')} value=${level.code} empty=${t('office.enlist.choose')} options=${options} onPick=${choose(depth)} />`;
  })}</div>`;
}
