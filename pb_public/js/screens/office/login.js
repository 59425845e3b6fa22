// The login of a desk. The address is left alone, so that one comes back to where one was.
import { html, useEffect, useRef, useState } from '../../../vendor/ui.js';
import { lang, setLang, t } from '../../i18n/i18n.js';
import { TextField } from '../../ui/form.js';
import { Note } from '../../ui/page.js';
import { login } from './api.js';
import { reason } from './session.js';

/** @param {{title: string, sub: string}} props */
export function Login({ title, sub }) {
  const [identity, setIdentity] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const first = useRef(/** @type {any} */ (null));
  useEffect(() => {
    document.title = title + ' · ' + t('app.name');
    const input = first.current && first.current.querySelector('input');
    if (input) input.focus();
  }, []);
  const submit = async (e) => {
    e.preventDefault();
    if (!identity.trim() || !password) {
      setError({ message: t('office.login.empty'), hint: '' });
      return;
    }
    setBusy(true);
    setError(null);
    try { await login(identity.trim(), password); } catch (err) {
      setError(err);
      setBusy(false);
    }
  };
  return html`<div class="login">
    <main class="card stack" id="main">
      <div><p class="brand-name">${t('app.name')}</p><h1>${title}</h1><p class="muted">${sub}</p></div>
      ${reason.value && !error ? html`<${Note} kind="warn" alert>${t(reason.value)}<//>` : null}
      ${error ? html`<${Note} kind="bad" alert><strong>${error.message}</strong>${error.hint ? html`<p>${error.hint}</p>` : null}<//>` : null}
      <form ref=${first} onSubmit=${submit} novalidate>
        <${TextField} id="identity" label=${t('office.login.identity')} value=${identity} onText=${setIdentity} autocomplete="username" autocapitalize="none" spellcheck=${false} />
        <${TextField} id="password" type="password" label=${t('office.login.password')} value=${password} onText=${setPassword} autocomplete="current-password" />
        <button class="primary block" type="submit" disabled=${busy}>${busy ? t('office.login.busy') : t('office.login.enter')}</button>
      </form>
      <p class="small muted">${t('office.login.help')}</p>
      <p class="small"><button type="button" class="quiet" lang=${lang.value === 'en' ? 'zh-CN' : 'en'} onClick=${() => setLang(lang.value === 'en' ? 'zh' : 'en')}>${t('office.other.language')}</button></p>
    </main>
  </div>`;
}
