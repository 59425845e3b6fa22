// The frame of a screen: one h1 that takes the focus when the screen opens, one main.
import { html, useEffect, useRef } from '../../vendor/ui.js';
import { t } from '../i18n/i18n.js';
import { Icon } from './icon.js';

/** @param {{title: string, sub?: string, onBack?: () => void, action?: any, children?: any, name?: string}} props */
export function Page({ title, sub, onBack, action, children }) {
  const head = useRef(null);
  useEffect(() => {
    window.scrollTo(0, 0);
    if (head.current) head.current.focus({ preventScroll: true });
  }, []);
  useEffect(() => { document.title = title + ' · ' + t('app.name'); }, [title]);
  return html`<div class="page">
    <header class="page-head">
      ${onBack ? html`<button type="button" class="quiet icon-only" aria-label=${t('ui.back')} onClick=${onBack}><${Icon} name="back" /></button>` : null}
      <div class="grow"><h1 ref=${head} tabindex="-1">${title}</h1>${sub ? html`<p class="muted small">${sub}</p>` : null}</div>
      ${action || null}
    </header>
    <main id="main" tabindex="-1">${children}</main>
  </div>`;
}

/** A message that stays. @param {{kind?: 'good'|'warn'|'bad'|'info', title?: string, children?: any, alert?: boolean}} props */
export function Note({ kind, title, children, alert }) {
  return html`<div class=${'note ' + (kind || '')} role=${alert ? 'alert' : undefined}>
    ${title ? html`<h3>${title}</h3>` : null}${children}</div>`;
}

/** What stands where nothing is yet. */
export function Empty({ children }) {
  return html`<div class="empty">${children}</div>`;
}
