// Questions that need an answer now. The native dialog keeps the focus inside and gives it back.
import { html, signal, useEffect, useRef, useState } from '../../vendor/ui.js';
import { t } from '../i18n/i18n.js';
import { TextField } from './form.js';

/** @typedef {{title: string, text?: string, yes: string, no?: string, danger?: boolean, input?: {label: string, hint?: string, required?: boolean}}} Question */

const current = signal(/** @type {(Question & {done: (answer: string|null) => void}) | null} */ (null));

/** Asks; resolves to null when declined, to the typed text (or '') when agreed. @param {Question} question @returns {Promise<string|null>} */
export function ask(question) {
  return new Promise((resolve) => {
    if (current.value) current.value.done(null);
    current.value = { ...question, done: (answer) => { current.value = null; resolve(answer); } };
  });
}

/** Where questions appear; put it once at the end of the page. */
export function DialogHost() {
  const question = current.value;
  return question ? html`<${Dialog} key=${question.title} question=${question} />` : null;
}

function Dialog({ question }) {
  const box = useRef(null);
  const [text, setText] = useState('');
  const [missing, setMissing] = useState(false);
  useEffect(() => { if (box.current.showModal) box.current.showModal(); else box.current.setAttribute('open', ''); }, []);
  const agree = (e) => {
    e.preventDefault();
    if (question.input && question.input.required && !text.trim()) { setMissing(true); return; }
    question.done(text.trim());
  };
  return html`<dialog ref=${box} aria-labelledby="dialog-title" onCancel=${() => question.done(null)}>
    <form class="stack" onSubmit=${agree}>
      <h2 id="dialog-title">${question.title}</h2>
      ${question.text ? html`<p>${question.text}</p>` : null}
      ${question.input ? html`<${TextField} id="dialog-text" label=${question.input.label} hint=${question.input.hint} value=${text}
        onText=${setText} lines=${2} maxlength="200" error=${missing ? t('ui.needed') : ''} />` : null}
      <div class="row end">
        <button type="button" onClick=${() => question.done(null)}>${question.no || t('ui.cancel')}</button>
        <button type="submit" class=${question.danger ? 'danger' : 'primary'}>${question.yes}</button>
      </div>
    </form>
  </dialog>`;
}
