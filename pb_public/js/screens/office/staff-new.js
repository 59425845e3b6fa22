// A new account. The first password is made by the server and shown once.
import { html, useEffect, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { Choice, Select, TextField } from '../../ui/form.js';
import { get, post } from './api.js';
import { Fault } from './frame.js';
import { session } from './session.js';

/** What the form still lacks, as message keys by field. @param {{name: string, login: string, role: string}} values */
export function wants(values) {
  /** @type {Record<string, string>} */
  const missing = {};
  if (!values.name.trim()) missing.name = 'ui.needed';
  if (!/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(values.login.trim())) missing.login = 'office.staff.login.needed';
  if (!values.role) missing.role = 'office.staff.role.needed';
  return missing;
}

/** Moves the focus to the first wrong field, in the order of the form. @param {Record<string, string>} missing @param {string[]} order */
export function focusFirst(missing, order) {
  const name = order.find((field) => missing[field]);
  const field = name && document.getElementById(name);
  if (field) field.focus();
}

/** @param {{roles: string[], onDone: (made: {name: string, login: string, password: string}) => void, onClose: () => void}} props */
export function NewAccount({ roles, onDone, onClose }) {
  const [values, setValues] = useState({ name: '', login: '', role: '', region: '' });
  const [missing, setMissing] = useState(/** @type {Record<string, string>} */ ({}));
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const set = (name) => (text) => setValues((old) => ({ ...old, [name]: text }));
  const error = (name) => (missing[name] ? t(missing[name]) : '');
  const submit = async (e) => {
    e.preventDefault();
    const gaps = wants(values);
    setMissing(gaps);
    setFailed(null);
    if (Object.keys(gaps).length) { focusFirst(gaps, ['name', 'login', 'role']); return; }
    setBusy(true);
    try {
      onDone({ ...(await post('/api/cunju/staff', values)), name: values.name.trim() });
    } catch (err) {
      setFailed(err);
      setBusy(false);
    }
  };
  const option = (role) => ({ value: role, label: t('office.role.' + role) });
  return html`<form class="card stack" onSubmit=${submit} novalidate aria-labelledby="new-head">
    <h2 id="new-head">${t('office.staff.add')}</h2>
    <${Fault} error=${failed} />
    <div class="two-fields">
      <${TextField} id="name" label=${t('office.staff.name')} value=${values.name} onText=${set('name')} error=${error('name')} maxlength="60" />
      <${TextField} id="login" type="email" label=${t('office.staff.login')} value=${values.login} onText=${set('login')} hint=${t('office.staff.login.hint')} error=${error('login')} maxlength="120" autocapitalize="none" spellcheck=${false} />
    </div>
    <${Choice} id="role" label=${t('office.staff.role')} value=${values.role} options=${roles.map(option)} onPick=${set('role')} hint=${values.role ? t('office.staff.role.' + values.role) : t('office.staff.role.hint')} error=${error('role')} />
    ${roles.includes('supervisor') ? html`<${Where} value=${values.region} onPick=${set('region')} />` : null}
    <div class="row"><button type="submit" class="primary" disabled=${busy}>${t('office.staff.add.save')}</button>
      <button type="button" onClick=${onClose}>${t('ui.cancel')}</button></div>
  </form>`;
}

// Above a township an account may be for the whole region or for one part of it.
function Where({ value, onPick }) {
  const [places, setPlaces] = useState(/** @type {any[]} */ ([]));
  const [whole, setWhole] = useState('');
  useEffect(() => {
    get('/api/office/lists').then((lists) => { setPlaces(lists.places.filter((p) => p.level === 'county')); setWhole(lists.region.name); }, () => setWhole(session.value ? session.value.staff.region : ''));
  }, []);
  return html`<${Select} id="region" label=${t('office.staff.region')} value=${value} empty=${t('office.staff.region.whole', { name: whole })}
    options=${places.map((p) => ({ value: p.code, label: p.name }))} onPick=${onPick} />`;
}
