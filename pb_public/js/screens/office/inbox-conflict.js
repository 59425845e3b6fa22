// A conflict: both values side by side, and which of them shall stand.
import { html, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { ask } from '../../ui/dialog.js';
import { post } from './api.js';
import { stamp } from './format.js';
import { mayDecide, pathOf } from './inbox-decide.js';

/** @param {{item: any, run: (work: () => Promise<any>, done: any) => void}} props */
export function Conflict({ item, run }) {
  const [full, setFull] = useState(/** @type {any} */ (null));
  const shown = full || item;
  if (item.undo) {
    return html`<div class="columns"><${Side} title=${t('office.inbox.stands')} value=${shown.stands} /></div>
      ${mayDecide() ? html`<p><button type="button" onClick=${() => run(() => post(pathOf(item, 'undo'), {}), t('office.inbox.undo.done'))}>${t('office.inbox.undo')}</button></p>` : null}`;
  }
  const choose = async () => {
    const yes = await ask({ title: t('office.inbox.choose.title'), text: t('office.inbox.choose.text'), yes: t('office.inbox.choose') });
    if (yes !== null) run(() => post(pathOf(item, 'choose'), {}), t('office.inbox.choose.done'));
  };
  const reveal = async () => {
    const reason = await ask({ title: t('office.inbox.reveal'), text: t('office.inbox.reveal.text'), yes: t('office.inbox.reveal'),
      input: { label: t('office.reveal.purpose'), hint: t('office.reveal.hint'), required: true } });
    if (reason !== null) run(async () => setFull(await post(pathOf(item, 'reveal'), { reason })), t('office.inbox.reveal'));
  };
  const hidden = !full && (item.lost.hidden || item.stands.hidden);
  return html`<div class="columns"><${Side} title=${t('office.inbox.lost')} value=${shown.lost} /><${Side} title=${t('office.inbox.stands')} value=${shown.stands} /></div>
    ${mayDecide() ? html`<div class="row">
      ${hidden ? html`<button type="button" onClick=${reveal}>${t('office.inbox.reveal')}</button>` : null}
      <button type="button" class="primary" onClick=${choose}>${t('office.inbox.choose')}</button>
      <button type="button" onClick=${() => run(() => post(pathOf(item, 'keep'), {}), t('office.inbox.keep.done'))}>${t('office.inbox.keep')}</button></div>` : null}`;
}

function Side({ title, value }) {
  return html`<section class="stack"><h3>${title}</h3>
    <p class="small muted">${t('office.inbox.wrote', { who: value.by || t('office.unknown'), when: stamp(value.at) })}</p>
    <p class="pre">${value.hidden ? html`<em>${t('office.inbox.hidden')}</em>` : value.text || t('office.inbox.none')}</p></section>`;
}
