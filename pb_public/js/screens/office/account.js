// One's own account: a new password, knowing the old one.
import { html, useState } from '../../../vendor/ui.js';
import { addMessages, t } from '../../i18n/i18n.js';
import { TextField } from '../../ui/form.js';
import { post } from './api.js';
import { Fault, Head } from './frame.js';
import { end, session } from './session.js';
import { focusFirst } from './staff-new.js';
import * as texts from './texts-staff.js';

addMessages(texts);

/** What stands against sending. @param {{old: string, next: string, again: string}} values */
export function passwordLacks(values) {
  /** @type {Record<string, string>} */
  const missing = {};
  if (!values.old) missing.old = 'ui.needed';
  if (Array.from(values.next).length < 10) missing.next = 'office.account.short';
  if (values.again !== values.next) missing.again = 'office.account.differs';
  return missing;
}

export function Account() {
  const [values, setValues] = useState({ old: '', next: '', again: '' });
  const [missing, setMissing] = useState(/** @type {Record<string, string>} */ ({}));
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const submit = async (e) => {
    e.preventDefault();
    const gaps = passwordLacks(values);
    setMissing(gaps);
    setFailed(null);
    if (Object.keys(gaps).length) { focusFirst(gaps, ['old', 'next', 'again']); return; }
    // Every login of the account ends with the old password, this one included.
    try { await post('/api/cunju/password', { old: values.old, new: values.next }); end('office.account.changed'); } catch (err) { setFailed(err); }
  };
  const field = (name, label, more) => html`<${TextField} id=${name} type="password" label=${t(label)} value=${values[name]} onText=${(text) => setValues((was) => ({ ...was, [name]: text }))}
    error=${missing[name] ? t(missing[name]) : ''} maxlength="72" ...${more} />`;
  const staff = session.value.staff;
  return html`<${Head} title=${t('office.account.title')} sub=${staff.name + ' · ' + t('office.role.' + staff.role)} />
    <form class="card narrow" onSubmit=${submit} novalidate><h2>${t('office.account.password')}</h2>
      <${Fault} error=${failed} />
      ${field('old', 'office.account.old', { autocomplete: 'current-password' })}
      ${field('next', 'office.account.next', { autocomplete: 'new-password', hint: t('office.account.hint') })}
      ${field('again', 'office.account.again', { autocomplete: 'new-password' })}
      <p class="gap"><button type="submit" class="primary">${t('office.account.save')}</button></p></form>`;
}
