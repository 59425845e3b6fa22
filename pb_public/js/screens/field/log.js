// Logging a service: one page, few taps, every touch kept. Opened with a village, or with a village and a record to edit.
import { html, useEffect, useMemo, useState } from '../../../vendor/ui.js';
import { addMessages, nameOf, t } from '../../i18n/i18n.js';
import * as labels from '../../i18n/labels.js';
import * as texts from '../../i18n/log.js';
import { timeText } from '../../core/change.js';
import { draftKeeper, dropDraft, getDraft } from '../../store/drafts.js';
import { getView, kindsByUse } from '../../store/views.js';
import { TextField } from '../../ui/form.js';
import { ask } from '../../ui/dialog.js';
import { announce } from '../../ui/live.js';
import { Note, Page } from '../../ui/page.js';
import { back, go } from '../../ui/router.js';
import { db, me, regionName, setHere, sync } from './app.js';
import { loadCatalog } from './catalog.js';
import { blank, lacking, saveForm, valuesOf } from './log-state.js';
import { KindPart, OutcomePart } from './log-kind.js';
import { TopicPart } from './log-topic.js';
import { ClientPart } from './log-client.js';
import { PresencePart } from './log-presence.js';
import { DetailFields, MorePart } from './log-fields.js';
import { UrgentNote } from './log-urgent.js';

addMessages(labels);
addMessages(texts);

async function opened(region, record) {
  const { regions, staff } = me.value;
  const id = record ? 'edit:' + record : 'service:' + region;
  const [catalog, draft, view, used] = await Promise.all([loadCatalog(), getDraft(db(), id), record ? getView(db(), 'services/' + record) : null, kindsByUse(db(), regions.map((r) => r.code), staff.id)]);
  const favourites = [...new Set([...used, 'CONSULT', 'DUTY', 'DRAFT'])].filter((code) => catalog.kinds.has(code)).slice(0, 3);
  setHere(region);
  return { id, catalog, view, favourites, resumed: Boolean(draft), values: draft ? draft.values : view ? valuesOf(view.set) : blank(favourites[0]) };
}

export default function Log({ args: [region, record] }) {
  const [form, setForm] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState(false);
  useEffect(() => { opened(region, record).then(setForm, () => setFailed(true)); }, [region, record]);
  const title = record ? t('log.edit_title') : t('log.title');
  const leave = () => back('#/village/' + region);
  if (failed) return html`<${Page} title=${title} onBack=${leave}><${Note} kind="bad" alert><p>${t('app.not_loaded')}</p></${Note}></${Page}>`;
  if (!form) return html`<${Page} title=${title} sub=${regionName(region)} onBack=${leave}><p class="empty">${t('app.loading')}</p></${Page}>`;
  return html`<${Form} region=${region} form=${form} title=${title} onLeave=${leave} />`;
}

function Form({ region, form, title, onLeave }) {
  const { catalog, view, favourites, resumed, id } = form;
  const { staff, alias } = me.value;
  const [values, setValues] = useState(form.values);
  const [keeping, setKeeping] = useState(resumed ? 'resumed' : '');
  const [asked, setAsked] = useState(false);
  const [saving, setSaving] = useState(false);
  const [trouble, setTrouble] = useState('');
  const keeper = useMemo(() => draftKeeper(db(), setKeeping), []);
  const kind = catalog.kinds.get(values.kind);
  const topic = catalog.topic(values.topic || '');
  const given = { region, counsel: staff.id, alias, kind, topic };
  const lacks = asked ? lacking(values, given) : [];
  const error = (name) => (lacks.includes(name) ? t('ui.needed') : '');

  const set = (patch) => setValues((old) => {
    const next = { ...old, ...patch };
    if (!next.occurred_at) next.occurred_at = timeText(Date.now());
    keeper.keep({ id, kind: 'service', region, record: view ? view.r : '', values: next, at: Date.now() });
    return next;
  });
  const detail = (name, value) => set({ details: { ...values.details, [name]: value } });

  const save = async () => {
    const names = lacking(values, given);
    setAsked(true);
    if (names.length) { focusField(names[0]); return; }
    setSaving(true);
    await keeper.stop();
    try {
      const saved = await saveForm(db(), { ...given, values, draft: id, before: view, now: Date.now() });
      announce(t('log.saved'));
      if (sync()) sync().saved();
      go('#/record/' + saved, true);
    } catch (err) {
      setSaving(false);
      if (err.message === 'unchanged') { await dropDraft(db(), id); onLeave(); return; }
      setTrouble(err.name === 'QuotaExceededError' ? t('log.full') : t('log.failed'));
    }
  };
  const discard = async () => {
    if ((await ask({ title: t('log.discard_ask'), yes: t('log.discard'), danger: true })) === null) return;
    await keeper.stop();
    await dropDraft(db(), id);
    onLeave();
  };

  return html`<${Page} title=${title} sub=${regionName(region)} onBack=${onLeave}
      action=${keeping ? html`<button type="button" class="quiet" onClick=${discard}>${t('log.discard')}</button>` : null}>
    ${resumed ? html`<${Note}><p>${t('log.resumed')}</p></${Note}>` : null}
    ${view && view.set.state === 'returned' ? html`<${Note} kind="warn" title=${t('record.returned')}><p>${view.set.return_reason}</p></${Note}>` : null}
    <form onSubmit=${(e) => { e.preventDefault(); save(); }} noValidate>
      <${KindPart} value=${values.kind} kinds=${catalog.kinds} favourites=${favourites} onPick=${(code) => set({ kind: code })} />
      <${TextField} id="f-summary" label=${t('f.summary')} lines=${4} value=${values.summary} onText=${(text) => set({ summary: text })} optional=${!need(kind, 'summary')}
        hint=${t('log.summary_hint')} maxlength="5000" error=${error('summary')} />
      <${UrgentNote} text=${values.summary} />
      <${TopicPart} catalog=${catalog} values=${values} set=${set} error=${error('topic')} />
      <${TextField} id="f-advice" label=${t('f.advice')} lines=${3} value=${values.advice} onText=${(text) => set({ advice: text })} optional=${!need(kind, 'advice')} maxlength="5000" error=${error('advice')} />
      <${DetailFields} names=${kind.required} catalog=${catalog} values=${values} set=${set} detail=${detail} error=${error} />
      <${OutcomePart} values=${values} set=${set} error=${error} />
      <${ClientPart} kind=${kind} values=${values} set=${set} error=${error} />
      <${PresencePart} values=${values} set=${set} detail=${detail} region=${region} asked=${asked} />
      <${MorePart} kind=${kind} catalog=${catalog} values=${values} set=${set} detail=${detail} topic=${topic} />
      <div class="save-bar">
        <p class="small muted" role="status">${trouble || !keeping ? '' : t('keep.' + keeping)}</p>
        ${lacks.length ? html`<p class="note bad" role="alert">${t('log.missing', { fields: lacks.map((n) => t('f.' + n)).join('、') })}</p>` : null}
        ${trouble ? html`<p class="note bad" role="alert">${trouble}</p>` : null}
        <button type="submit" class="primary big block" disabled=${saving}>${saving ? t('log.saving') : view ? t('log.save_edit') : t('log.save', { kind: nameOf(kind) })}</button>
      </div>
    </form></${Page}>`;
}

/** Whether a kind requires a field. @param {any} kind @param {string} name */
function need(kind, name) {
  return kind.required.includes(name);
}

function focusField(name) {
  const field = document.getElementById('f-' + name);
  if (!field) return;
  const closed = field.closest('details:not([open])');
  if (closed) closed.setAttribute('open', '');
  field.focus();
  field.scrollIntoView({ block: 'center' });
}
