// Parts that the rating lists and the case page share.
import { html, render, useEffect, useRef, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { ask } from '../../ui/dialog.js';
import { Choice, TextField } from '../../ui/form.js';
import { stamp } from './format.js';

/** A plain table whose cells fold under their names on a narrow screen.
 * @param {{caption: string, heads: string[], rows: {key: string, cells: any[]}[]}} props heads: keys after 'loop.' */
export function Table({ caption, heads, rows }) {
  return html`<div class="table-box" role="group" aria-label=${caption} tabindex="0"><table class="services">
    <caption class="sr-only">${caption}</caption>
    <thead><tr>${heads.map((head) => html`<th scope="col" key=${head}>${t('loop.' + head)}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr key=${row.key}>${row.cells.map((cell, i) => html`<td key=${i} data-label=${t('loop.' + heads[i])}>${cell}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

/** The time limits of a case; brief shows only what runs or was missed. @param {{clocks: any[], brief?: boolean}} props */
export function Clocks({ clocks, brief }) {
  const shown = brief ? clocks.filter((c) => c.late || !c.done).slice(0, 2) : clocks;
  return html`<span class="badges">${shown.map((c) => {
    const name = t('loop.clock.' + c.name);
    if (c.late) return html`<span class="badge bad" key=${c.name}>${t('loop.clock.late', { name })}</span>`;
    if (c.done) return html`<span class="badge good" key=${c.name}>${t('loop.clock.done', { name })}</span>`;
    return html`<span class="badge" key=${c.name}>${t('loop.clock.due', { name, when: stamp(c.due) })}</span>`;
  })}</span>`;
}

/** Asks for a note. @param {string} title @param {string} label @param {string} hint @param {string} [text] */
export function noted(title, label, hint, text) {
  return ask({ title, text, yes: t('loop.yes'), input: { label, hint, required: true } });
}

/** Asks what the resident said, in a dialog of its own; null when declined.
 * @param {string} title @param {boolean} anonymous only that answer is possible @param {string} noteLabel
 * @returns {Promise<{answer: string, note: string} | null>} */
export function askAnswer(title, anonymous, noteLabel) {
  const host = document.createElement('div');
  document.body.append(host);
  return new Promise((resolve) => {
    const done = (said) => {
      render(null, host);
      host.remove();
      resolve(said);
    };
    render(html`<${AnswerDialog} title=${title} anonymous=${anonymous} noteLabel=${noteLabel} onDone=${done} />`, host);
  });
}

function AnswerDialog({ title, anonymous, noteLabel, onDone }) {
  const box = useRef(/** @type {any} */ (null));
  const [answer, setAnswer] = useState(anonymous ? 'anonymous' : '');
  const [note, setNote] = useState('');
  const [missing, setMissing] = useState(false);
  useEffect(() => { if (box.current.showModal) box.current.showModal(); else box.current.setAttribute('open', ''); }, []);
  const names = anonymous ? ['anonymous'] : ['satisfied', 'fair', 'unsatisfied', 'unreached'];
  const agree = (e) => {
    e.preventDefault();
    if (answer) onDone({ answer, note: note.trim() });
    else setMissing(true);
  };
  return html`<dialog ref=${box} aria-labelledby="answer-title" onCancel=${() => onDone(null)}><form class="stack" onSubmit=${agree}>
    <h2 id="answer-title">${title}</h2>
    <${Choice} id="answer" label=${t('loop.answer')} value=${answer} onPick=${setAnswer} error=${missing ? t('loop.answer.choose') : ''}
      options=${names.map((value) => ({ value, label: t('loop.answer.' + value) }))} />
    <${TextField} id="answer-note" label=${noteLabel} value=${note} onText=${setNote} lines=${2} maxlength="200" />
    <div class="row end"><button type="button" onClick=${() => onDone(null)}>${t('ui.cancel')}</button><button type="submit" class="primary">${t('loop.yes')}</button></div>
  </form></dialog>`;
}
