// How far a record has travelled: one, two or three ticks, always with words, never by colour alone.
import { html } from '../../vendor/ui.js';
import { t } from '../i18n/i18n.js';

/** @param {{level: number, problem?: boolean, long?: boolean}} props level 0 none of ours, 1 saved here, 2 township, 3 city */
export function Ticks({ level, problem, long }) {
  if (problem) return html`<span class="ticks bad"><span aria-hidden="true">!</span> ${t('ticks.problem')}</span>`;
  if (!level) return null;
  return html`<span class=${'ticks l' + level}><span aria-hidden="true">${'✓'.repeat(level)}</span> ${t((long ? 'ticks.long' : 'ticks.short') + level)}</span>`;
}
