// The emergency procedure, under the words that call for it: at once, also offline. It reminds and does not block the form.
import { html } from '../../../vendor/ui.js';
import { nameOf, t } from '../../i18n/i18n.js';
import { emergenciesIn } from '../../core/urgent.js';
import { Note } from '../../ui/page.js';

/** @param {{text?: string, shown?: string}} props shown: the text whose emergencies already stand elsewhere on the page */
export function UrgentNote({ text, shown }) {
  const there = emergenciesIn(shown || '');
  return emergenciesIn(text || '').filter((e) => !there.includes(e)).map((e) => html`<${Note} key=${e.id} kind=${e.level === 'red' ? 'bad' : 'warn'} alert>
    <p><strong>${nameOf(e)}</strong> ${t('urgent.first')}</p>
    <ol>${e.steps.map((step) => html`<li key=${step.zh}>${nameOf(step)}</li>`)}</ol>
    <p>${e.calls.map((number) => html`<a key=${number} class="btn" href=${'tel:' + number}>${t('urgent.call', { number })}</a> `)}</p></${Note}>`);
}
