// A password that was just made: shown on this screen only, until it is closed.
import { html, useEffect, useRef } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';

/** @param {{title: string, login: string, password: string, onClose: () => void}} props */
export function Secret({ title, login, password, onClose }) {
  const head = useRef(/** @type {any} */ (null));
  useEffect(() => { head.current.focus(); }, []);
  return html`<section class="card pairing plain" aria-labelledby="secret-head"><div class="stack">
    <h2 id="secret-head" ref=${head} tabindex="-1">${title}</h2>
    <dl class="facts"><dt>${t('office.staff.login')}</dt><dd class="mono">${login}</dd><dt>${t('office.login.password')}</dt><dd class="big-code mono" id="secret">${password}</dd></dl>
    <p>${t('office.staff.once')}</p>
    <p><button type="button" class="primary" onClick=${onClose}>${t('office.staff.noted')}</button></p></div></section>`;
}
