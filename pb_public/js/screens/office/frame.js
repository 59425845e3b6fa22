// The frame of every desk page: the bar with its places, one main, one h1 that takes the focus.
import { html, useEffect, useRef } from '../../../vendor/ui.js';
import { lang, setLang, t } from '../../i18n/i18n.js';
import { Note } from '../../ui/page.js';
import { end, session } from './session.js';

/** @typedef {{href: string, name: string, key: string}} Place */

/** @param {{places: Place[], here: string, children?: any}} props */
export function Frame({ places, here, children }) {
  const staff = session.value ? session.value.staff : { name: '', role: '' };
  return html`<a class="skip" href="#main" onClick=${skip}>${t('office.skip')}</a>
    <header class="topbar no-print">
      <span class="brand-name">${t('app.name')}</span>
      <nav aria-label=${t('office.nav')}>
        ${places.map((p) => html`<a key=${p.name} href=${p.href} aria-current=${p.name === here ? 'page' : undefined}>${t(p.key)}</a>`)}
      </nav>
      <a class="who small" href="../office/#/account"><span class="sr-only">${t('office.nav.account')}</span><strong>${staff.name}</strong> <span class="muted">${t('office.role.' + staff.role)}</span></a>
      <button type="button" class="quiet" lang=${lang.value === 'en' ? 'zh-CN' : 'en'} onClick=${() => setLang(lang.value === 'en' ? 'zh' : 'en')}>${t('office.other.language')}</button>
      <button type="button" class="quiet" onClick=${() => end('office.login.left')}>${t('office.logout')}</button>
    </header>
    <main class="wide stack" id="main" tabindex="-1">${children}</main>`;
}

// The address after '#' belongs to the router; a skip link must not change it.
function skip(e) {
  e.preventDefault();
  document.getElementById('main').focus();
}

/** The head of a screen. count stands in the tab's title, so that waiting work is seen from another tab.
 * @param {{title: string, sub?: any, count?: number, children?: any}} props */
export function Head({ title, sub, count, children }) {
  const head = useRef(/** @type {any} */ (null));
  useEffect(() => {
    window.scrollTo(0, 0);
    if (head.current) head.current.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = (count ? '(' + count + ') ' : '') + title + ' · ' + t('app.name');
  }, [title, count]);
  return html`<div class="row between screen-head">
    <div><h1 ref=${head} tabindex="-1">${title}</h1>${sub ? html`<p class="muted">${sub}</p>` : null}</div>
    ${children ? html`<div class="row no-print">${children}</div>` : null}
  </div>`;
}

/** What the server said, or nothing. @param {{error: any, onRetry?: () => void}} props */
export function Fault({ error, onRetry }) {
  if (!error) return null;
  return html`<${Note} kind="bad" alert><p><strong>${error.message}</strong></p>
    ${error.hint ? html`<p>${error.hint}</p>` : null}
    ${onRetry ? html`<button type="button" onClick=${onRetry}>${t('office.retry')}</button>` : null}
  <//>`;
}

/** Shown while the first answer is on its way. */
export function Waiting() {
  return html`<p class="empty" role="status">${t('office.loading')}</p>`;
}
