// A one-time code on the screen: large, in groups of four, with the time that is left. It is shown once and stored nowhere.
import { html, useEffect, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { groups } from './format.js';

/** Seconds until a moment, never negative. @param {string|number} until @param {number} [now] */
export function secondsLeft(until, now = Date.now()) {
  const end = typeof until === 'number' ? until : Date.parse(until);
  return Math.max(0, Math.floor((end - now) / 1000)) || 0;
}

/** The code and its clock; below it what to do with it, beside it a picture. @param {{title: string, code: string, until: string, onClose: () => void, children?: any, picture?: any}} props */
export function OnceCode({ title, code, until, onClose, children, picture }) {
  const [left, setLeft] = useState(secondsLeft(until));
  useEffect(() => {
    const timer = setInterval(() => setLeft(secondsLeft(until)), 1000);
    return () => clearInterval(timer);
  }, [until]);
  const over = left <= 0;
  return html`<section class=${'card pairing' + (picture ? '' : ' plain')} aria-labelledby="code-head">
    <div class="stack"><h2 id="code-head">${title}</h2>
      ${over ? html`<p class="note bad" role="alert">${t('office.pairing.over')}</p>` : html`
        <p class="big-code mono" role="status">${groups(code)}</p>
        <p role="timer">${t('office.pairing.left', { m: Math.floor(left / 60), s: String(left % 60).padStart(2, '0') })}</p>
        ${children}`}
      <p><button type="button" onClick=${onClose}>${t('ui.close')}</button></p></div>
    ${over ? null : picture || null}
  </section>`;
}
