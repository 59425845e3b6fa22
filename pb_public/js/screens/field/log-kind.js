// Kind of service and result: the usual ones as buttons, the rest one tap further.
import { html, useState } from '../../../vendor/ui.js';
import { nameOf, t } from '../../i18n/i18n.js';
import { Choice, Select, TextField } from '../../ui/form.js';

const OUTCOMES = ['answered', 'drafted', 'referred', 'mediated_agreed', 'mediated_failed', 'ordered', 'declined', 'to_follow'];
const USUAL = {
  CONSULT: ['answered', 'to_follow', 'referred'], MEDIATE: ['mediated_agreed', 'mediated_failed', 'to_follow'], DRAFT: ['drafted', 'to_follow', 'declined'],
  AID: ['referred', 'to_follow', 'declined'], REFER: ['referred', 'to_follow', 'declined'],
};

/** @param {{value: string, kinds: Map<string, any>, favourites: string[], onPick: (code: string) => void}} props */
export function KindPart({ value, kinds, favourites, onPick }) {
  const shown = favourites.includes(value) ? favourites : [value, ...favourites.slice(0, 2)];
  const [all, setAll] = useState(false);
  const option = (code) => ({ value: code, label: nameOf(kinds.get(code)) });
  return html`<${Choice} id="f-kind" label=${t('f.kind')} value=${value} options=${shown.map(option)} onPick=${onPick} />
    ${all ? html`<${Select} id="all-kinds" label=${t('log.all_kinds')} value=${value} options=${[...kinds.keys()].map(option)} onPick=${onPick} />`
      : html`<button type="button" class="quiet" onClick=${() => setAll(true)}>${t('log.other_kind')}</button>`}`;
}

/** @param {{values: any, set: (patch: any) => void, error: (name: string) => string}} props */
export function OutcomePart({ values, set, error }) {
  const usual = USUAL[values.kind] || ['answered', 'to_follow', 'referred'];
  const [all, setAll] = useState(!usual.includes(values.outcome) && Boolean(values.outcome));
  const option = (code) => ({ value: code, label: t('o.outcome.' + code) });
  const list = all ? OUTCOMES : usual.includes(values.outcome) || !values.outcome ? usual : [values.outcome, ...usual.slice(0, 2)];
  return html`<${Choice} id="f-outcome" label=${t('f.outcome')} value=${values.outcome} options=${list.map(option)} onPick=${(code) => set({ outcome: code })} error=${error('outcome')} />
    ${all ? null : html`<button type="button" class="quiet" onClick=${() => setAll(true)}>${t('log.other_outcome')}</button>`}
    ${values.outcome === 'to_follow' ? html`<${TextField} id="f-follow_up_at" label=${t('f.follow_up_at')} type="date" value=${values.follow_up_at} onText=${(text) => set({ follow_up_at: text })} />` : null}`;
}
