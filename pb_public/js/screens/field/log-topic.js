// Topic: proposals while the summary is typed, one tap each; the whole list behind a button. What was proposed and what was chosen are both kept.
import { html, useEffect, useMemo, useState } from '../../../vendor/ui.js';
import { nameOf, t } from '../../i18n/i18n.js';
import { suggest } from '../../core/suggest.js';
import { monthOf } from '../../core/service.js';
import { Select } from '../../ui/form.js';
import { Note } from '../../ui/page.js';

/** @param {{catalog: import('./catalog.js').Catalog, values: any, set: (patch: any) => void, error: string}} props */
export function TopicPart({ catalog, values, set, error }) {
  const [open, setOpen] = useState(false);
  const text = (values.title || '') + ' ' + (values.summary || '');
  const proposals = useMemo(() => suggest(catalog.list, text, monthOf(Date.now())), [text]);
  const best = proposals.length ? proposals[0].code : '';
  useEffect(() => {
    if (best && best !== values.topic_suggested) set({ topic_suggested: best });
  }, [best]);
  const pick = (code) => { set({ topic: code }); setOpen(false); };
  const offered = proposals.slice(0, 2).map((p) => p.code).filter((code) => code !== values.topic);
  const chosen = catalog.topic(values.topic || '');
  return html`<div class="field suggest" role="group" aria-labelledby="topic-label">
    <p class="label" id="topic-label">${t('f.topic')}</p>
    ${chosen ? html`<div class="picked"><span>${nameOf(chosen)}</span></div>` : null}
    ${offered.length ? html`<p class="hint">${chosen ? t('log.topic_or') : t('log.topic_maybe')}</p>
      <div class="choices">${offered.map((code) => html`<button type="button" class="chip" key=${code} onClick=${() => pick(code)}>${nameOf(catalog.topic(code))}</button>`)}</div>`
      : chosen ? null : html`<p class="hint">${t('log.topic_type')}</p>`}
    <button type="button" class="quiet" id="f-topic" aria-expanded=${open} onClick=${() => setOpen(!open)}>${t('log.topic_all')}</button>
    ${error ? html`<p class="error">${error}</p>` : null}
    ${open ? html`<${Picker} catalog=${catalog} value=${values.topic} onPick=${pick} />` : null}
    ${chosen ? html`<${Flags} catalog=${catalog} flags=${chosen.flags} />` : null}
  </div>`;
}

function Picker({ catalog, value, onPick }) {
  const [category, setCategory] = useState(value ? value.slice(0, 2) : '');
  const found = catalog.categories.find((c) => c.code === category);
  return html`<${Select} id="topic-category" label=${t('log.topic_category')} value=${category} empty=${t('log.choose')} options=${catalog.categories.map((c) => ({ value: c.code, label: nameOf(c) }))} onPick=${setCategory} />
    ${found ? html`<${Select} id="topic-topic" label=${t('f.topic')} value=${value} empty=${t('log.choose')} options=${found.topics.map((x) => ({ value: x.code, label: nameOf(x) }))} onPick=${onPick} />` : null}`;
}

/** What the law says about such matters. It only reminds: nothing is changed, sent or reported by it. */
function Flags({ catalog, flags }) {
  const shown = flags.filter((id) => !id.startsWith('season_') && catalog.flags[id]);
  if (!shown.length) return null;
  const urgent = shown.some((id) => id === 'urgent' || id.startsWith('mandatory_report'));
  return html`<${Note} kind=${urgent ? 'warn' : ''}>${shown.map((id) => html`<p key=${id}>${nameOf(catalog.flags[id])}</p>`)}</${Note}>`;
}
