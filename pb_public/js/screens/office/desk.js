// A paper slip is entered at the desk: whatever a phone does can be done by a slip and a clerk.
import { html, useEffect, useState } from '../../../vendor/ui.js';
import { addMessages, lang, t } from '../../i18n/i18n.js';
import * as labels from '../../i18n/labels.js';
import * as log from '../../i18n/log.js';
import { Choice, Choices, Select, TextField } from '../../ui/form.js';
import { announce } from '../../ui/live.js';
import { Note } from '../../ui/page.js';
import { go } from '../../ui/router.js';
import { loadCatalog } from '../field/catalog.js';
import { ClientPart, ConsentCheck } from '../field/log-client.js';
import { DetailFields } from '../field/log-fields.js';
import { TopicPart } from '../field/log-topic.js';
import { get, post } from './api.js';
import { ahead, fresh, nextSlip, slipLacks, slipOf } from './desk-state.js';
import { Fault, Head, Waiting } from './frame.js';
import { Places } from './places.js';
import { session } from './session.js';
import * as texts from './texts-desk.js';

addMessages(labels);
addMessages(log);
addMessages(texts);

const OUTCOMES = ['answered', 'drafted', 'referred', 'mediated_agreed', 'mediated_failed', 'ordered', 'declined', 'to_follow'];
const MODES = ['onsite', 'phone', 'chat_group', 'video', 'letter'];
const GROUPS = ['elder', 'minor', 'disabled', 'woman', 'migrant_worker', 'low_income', 'veteran', 'left_behind', 'military_family', 'general'];
/** Refusals that a clerk may overrule: the paper says what it says. */
const ON_PAPER = ['id_check_digit', 'phone_format', 'uscc_check'];

// Half a slip survives a look at another screen, never the login: it holds what somebody told the office.
let kept = /** @type {{token: string, values: any} | null} */ (null);
session.subscribe((now) => { if (!now || (kept && kept.token !== now.token)) kept = null; });

function keep(values) {
  kept = session.value && values ? { token: session.value.token, values } : null;
}

export function Desk() {
  const [data, setData] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const load = () => {
    setFailed(null);
    Promise.all([loadCatalog(), get('/api/office/lists'), get('/api/office/counsel')])
      .then(([catalog, lists, people]) => setData({ catalog, kinds: lists.kinds, people: people.items, own: lists.places.map((p) => p.code) }))
      .catch((err) => setFailed(err.hint ? err : { message: t('office.error.offline'), hint: t('office.error.offline.hint') }));
  };
  useEffect(load, []);
  return html`<${Head} title=${t('office.desk.title')} sub=${t('office.desk.sub')} />
    <${Fault} error=${failed} onRetry=${load} />
    ${data ? html`<${Slip} data=${data} />` : failed ? null : html`<${Waiting} />`}`;
}

// Above a township the lists that lead to a village start anew, so the village is asked again.
function begun(own) {
  if (!kept) return fresh();
  return own.includes(kept.values.region) ? kept.values : { ...kept.values, region: '' };
}

function Slip({ data }) {
  const { catalog } = data;
  const [values, setValues] = useState(() => begun(data.own));
  const [asked, setAsked] = useState(false);
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const [dirty, setDirty] = useState(Boolean(kept));
  const set = (patch) => {
    setDirty(true);
    setValues((old) => {
      const next = { ...old, ...patch };
      keep(next);
      return next;
    });
  };
  useEffect(() => {
    if (!dirty) return undefined;
    // Half a slip is not lost by a slip of the hand: the browser asks before it leaves the page.
    const hold = (e) => { e.preventDefault(); e.returnValue = ''; };
    window.addEventListener('beforeunload', hold);
    return () => window.removeEventListener('beforeunload', hold);
  }, [dirty]);
  const kind = catalog.kinds.get(values.kind);
  const topic = catalog.topic(values.topic || '');
  const lacks = asked ? slipLacks(values, kind, topic) : [];
  const late = asked && ahead(values.occurred_at);
  const error = (name) => (lacks.includes(name) ? t('ui.needed') : name === 'occurred_at' && late ? t('office.desk.ahead') : '');
  const send = async (more, unchecked) => {
    setAsked(true);
    setFailed(null);
    const missing = slipLacks(values, kind, topic);
    if (missing.length || ahead(values.occurred_at)) { focusOn(missing[0] || 'occurred_at'); return; }
    setBusy(true);
    try {
      const { id } = await post('/api/office/services', { ...slipOf(values, kind, topic), ...(unchecked ? { unchecked: true } : {}) });
      keep(null);
      setDirty(false);
      announce(t('office.desk.saved'));
      if (!more) { go('#/services/' + id); return; }
      setAsked(false);
      setValues(nextSlip(values));
      focusOn('region');
    } catch (err) { setFailed({ ...err, message: err.message, more }); }
    setBusy(false);
  };
  return html`<form class="stack slip" novalidate onSubmit=${(e) => { e.preventDefault(); send(false, false); }}>
    <${WhoWhere} data=${data} values=${values} set=${set} error=${error} />
    ${kind ? html`<${WhatWhom} catalog=${catalog} kind=${kind} values=${values} set=${set} error=${error} />` : html`<p class="muted">${t('office.desk.kind.first')}</p>`}
    ${lacks.length ? html`<p class="note bad" role="alert">${t('log.missing', { fields: lacks.map((n) => t('f.' + n)).join('、') })}</p>` : null}
    <${Refusal} failed=${failed} onAsIs=${() => send(failed.more, true)} />
    <div class="row"><button type="submit" class="primary" disabled=${busy}>${t(busy ? 'log.saving' : 'office.desk.save')}</button>
      <button type="button" disabled=${busy} onClick=${() => send(true, false)}>${t('office.desk.save.next')}</button></div></form>`;
}

// A number that cannot be right is pointed out once; if the paper says so, it is kept as it is.
function Refusal({ failed, onAsIs }) {
  if (!failed) return null;
  if (!ON_PAPER.includes(failed.code)) return html`<${Fault} error=${failed} />`;
  return html`<${Note} kind="warn" alert><p><strong>${failed.message}</strong> ${failed.hint}</p>
    <p><button type="button" onClick=${onAsIs}>${t('office.desk.as_is')}</button></p><//>`;
}

function WhoWhere({ data, values, set, error }) {
  const { people, kinds } = data;
  const serves = (p) => p.villages.some((v) => v.code === values.region);
  const order = [...people.filter(serves), ...people.filter((p) => !serves(p))];
  const village = (code) => {
    const own = people.filter((p) => p.villages.some((v) => v.code === code));
    set({ region: code, ...(own.length === 1 ? { counsel: own[0].id } : {}) });
  };
  const place = (options) => html`<${Select} id="f-region" label=${t('f.region')} value=${values.region} empty=${t('log.choose')} options=${options} onPick=${village} error=${error('region')} />`;
  return html`<section class="card" aria-labelledby="who-head"><h2 id="who-head">${t('office.desk.who')}</h2><div class="two-fields">
    <${Places} level="village" onLeave=${() => set({ region: '' })}>${place}<//>
    <${Select} id="f-counsel" label=${t('f.counsel')} value=${values.counsel} empty=${t('log.choose')} onPick=${(counsel) => set({ counsel })} error=${error('counsel')}
      options=${order.map((p) => ({ value: p.id, label: p.name + (p.villages.length ? '（' + p.villages.map((v) => v.name).join('、') + '）' : '') }))} />
    <${Select} id="f-kind" label=${t('f.kind')} value=${values.kind} empty=${t('log.choose')} onPick=${(kind) => set({ kind })} error=${error('kind')}
      options=${kinds.map((k) => ({ value: k.code, label: lang.value === 'en' ? k.name_en : k.name }))} />
    <${TextField} id="f-occurred_at" type="datetime-local" label=${t('f.occurred_at')} value=${values.occurred_at} onText=${(occurred_at) => set({ occurred_at })} hint=${t('office.desk.time.hint')} error=${error('occurred_at')} />
    </div>
    <${Choice} id="f-mode" label=${t('f.mode')} value=${values.mode} options=${MODES.map((code) => ({ value: code, label: t('o.mode.' + code) }))} onPick=${(mode) => set({ mode })} error=${error('mode')} />
  </section>`;
}

function WhatWhom({ catalog, kind, values, set, error }) {
  const detail = (name, value) => set({ details: { ...values.details, [name]: value } });
  const optional = (name) => !kind.required.includes(name);
  const long = (name) => html`<${TextField} id=${'f-' + name} label=${t('f.' + name)} lines=${3} value=${values[name]} onText=${(text) => set({ [name]: text })} optional=${optional(name)} maxlength="5000" error=${error(name)} />`;
  return html`<section class="card" aria-labelledby="whom-head"><h2 id="whom-head">${t('office.desk.whom')}</h2>
      <${ClientPart} kind=${kind} values=${values} set=${set} error=${error} /></section>
    <section class="card" aria-labelledby="what-head"><h2 id="what-head">${t('office.desk.what')}</h2>
      ${long('summary')}
      <${TopicPart} catalog=${catalog} values=${values} set=${set} error=${error('topic')} />
      <${TextField} id="f-title" label=${t('f.title')} value=${values.title} onText=${(title) => set({ title })} maxlength="60" hint=${t('log.title_hint')} error=${error('title')} optional />
      ${long('advice')}
      <${DetailFields} names=${kind.required} catalog=${catalog} values=${values} set=${set} detail=${detail} error=${error} />
      <${Choice} id="f-outcome" label=${t('f.outcome')} value=${values.outcome} options=${OUTCOMES.map((code) => ({ value: code, label: t('o.outcome.' + code) }))} onPick=${(outcome) => set({ outcome })} error=${error('outcome')} />
      ${values.outcome === 'to_follow' ? html`<${TextField} id="f-follow_up_at" type="date" label=${t('f.follow_up_at')} value=${values.follow_up_at} onText=${(text) => set({ follow_up_at: text })} />` : null}
    </section>
    <${More} catalog=${catalog} kind=${kind} values=${values} set=${set} detail=${detail} />`;
}

function More({ catalog, kind, values, set, detail }) {
  const may = (name) => kind.optional.includes(name);
  const option = (field) => (code) => ({ value: code, label: t('o.' + field + '.' + code) });
  return html`<details class="more card"><summary>${t('office.desk.more')}</summary><div class="inside">
    <${TextField} id="f-place" label=${t('f.place')} value=${values.place} onText=${(place) => set({ place })} maxlength="200" optional />
    ${may('persons') ? html`<${TextField} id="f-persons" label=${t('f.persons')} inputmode="numeric" maxlength="6" value=${values.persons ? String(values.persons) : ''} onText=${(text) => set({ persons: Number(text.replace(/\D/g, '')) || 0 })} optional />` : null}
    ${may('client_group') && values.client_kind !== 'anonymous' ? html`<${Choices} id="f-client_groups" label=${t('f.client_groups')} values=${values.client_groups || []} options=${GROUPS.map(option('client_groups'))} onPick=${(list) => set({ client_groups: list })} hint=${t('log.groups_hint')} optional />` : null}
    ${may('consent') ? html`<${ConsentCheck} values=${values} set=${set} />` : null}
    <${Choice} id="f-secrecy" label=${t('f.secrecy')} value=${values.secrecy} options=${['normal', 'private', 'sealed'].map(option('secrecy'))} onPick=${(secrecy) => set({ secrecy })} />
    <${DetailFields} names=${kind.optional} catalog=${catalog} values=${values} set=${set} detail=${detail} error=${() => ''} />
  </div></details>`;
}

function focusOn(name) {
  const field = document.getElementById('f-' + name);
  if (!field) return;
  const closed = field.closest('details:not([open])');
  if (closed) closed.setAttribute('open', '');
  field.focus();
  field.scrollIntoView({ block: 'center' });
}
