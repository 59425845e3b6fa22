// One bad rating: what was said, which clocks run, what was done, what comes next.
import { html, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { ask } from '../../ui/dialog.js';
import { announce } from '../../ui/live.js';
import { get, post } from './api.js';
import { Fault, Head, Waiting } from './frame.js';
import { stamp } from './format.js';
import { usePolled } from './poll.js';
import { askAnswer, Clocks, noted } from './ratings-parts.js';

const WITH_NOTE = ['unfounded', 'plan', 'explain', 'fix', 'reopen'];

/** @param {{code: string}} props */
export function Case({ code }) {
  const path = '/api/office/cases/' + encodeURIComponent(code);
  const { data, error, reload } = usePolled(() => get(path), [code]);
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const [shown, setShown] = useState(/** @type {any} */ (null));
  const run = async (work) => {
    setFailed(null);
    try {
      await work();
      announce(t('loop.done'));
      await reload();
    } catch (err) { setFailed(err); }
  };
  if (!data) return html`<${Head} title=${t('loop.case')} /><p><a href="#/ratings">${t('loop.back')}</a></p>${error ? html`<${Fault} error=${error} onRetry=${reload} />` : html`<${Waiting} />`}`;
  const c = data.case;
  const reveal = async () => {
    const purpose = await ask({ title: t('loop.reveal'), text: t('loop.reveal.text'), yes: t('loop.reveal'), input: { label: t('loop.reveal.purpose'), hint: t('loop.reveal.hint'), required: true } });
    if (purpose !== null) run(async () => setShown((await post(path + '/reveal', { purpose })).items));
  };
  return html`<${Head} title=${t('loop.case')} sub=${[c.township, c.village, c.counsel].filter(Boolean).join(' · ')} />
    <p class="row wrap no-print"><a href="#/ratings">${t('loop.back')}</a><span class="badge warn">${t('loop.state.' + data.state)}</span>
      ${c.service ? html`<a href=${'#/services/' + c.service}>${t('loop.service')}</a>` : html`<span class="muted">${t('loop.record.none')}</span>`}</p>
    <${Fault} error=${failed || error} />
    ${c.mine ? html`<p class="note warn">${t('loop.mine')}</p>` : null}
    <section class="panel stack" aria-labelledby="clocks"><h2 id="clocks">${t('loop.clocks')}</h2><p><${Clocks} clocks=${data.clocks} /></p></section>
    <${Next} data=${data} path=${path} run=${run} />
    <section class="panel stack" aria-labelledby="said"><h2 id="said">${t('loop.said')}</h2>
      <ul>${data.ratings.map((r) => html`<${Said} key=${r.id} r=${r} shown=${shown && shown.find((s) => s.id === r.id)} />`)}</ul>
      ${!c.mine && data.ratings.some((r) => r.remark || r.phone) ? html`<p><button type="button" onClick=${reveal}>${t('loop.reveal')}</button></p>` : null}</section>
    <${Steps} data=${data} />`;
}

function Said({ r, shown }) {
  return html`<li><strong>${t('loop.grade.' + r.grade)}</strong> <span class="muted">${stamp(Date.parse(r.rated_at))}</span>
    ${r.reasons.length ? html` · ${r.reasons.map((name) => t('loop.reason.' + name)).join('、')}` : null}
    ${(r.remark || r.phone) && !shown ? html` <span class="badge">${t('loop.has')}</span>` : null}
    ${shown && shown.remark ? html`<p><span class="muted">${t('loop.remark')}</span> ${shown.remark}</p>` : null}
    ${shown && shown.phone ? html`<p><span class="muted">${t('loop.phone')}</span> <a href=${'tel:' + shown.phone}>${shown.phone}</a></p>` : null}</li>`;
}

function Next({ data, path, run }) {
  if (data.case.mine || !data.next.length) return data.state === 'closed' ? html`<p class="note good">${t('loop.ended')}</p>` : null;
  const take = (kind) => async () => {
    const send = (more) => run(() => post(path + '/steps', { kind, ...more }));
    if (kind === 'call_back') {
      const said = await askAnswer(t('loop.step.call_back'), !data.case.phone, t('loop.note'));
      if (said) send(said);
      return;
    }
    const note = WITH_NOTE.includes(kind) ? await noted(t('loop.step.' + kind), t('loop.note'), t('loop.note.hint'))
      : await ask({ title: t('loop.step.' + kind), yes: t('loop.yes') });
    if (note !== null) send({ note });
  };
  const kinds = data.case.phone && !['received', 'closed'].includes(data.state) ? [...data.next, 'contact'] : data.next;
  return html`<section class="panel stack no-print" aria-labelledby="next"><h2 id="next">${t('loop.next')}</h2>
    <p class="row wrap">${kinds.map((kind, i) => html`<button type="button" key=${kind} class=${i === 0 ? 'primary' : ''} onClick=${take(kind)}>${t('loop.step.' + kind)}</button>`)}</p></section>`;
}

function Steps({ data }) {
  const who = (s) => s.by_name || (s.kind === 'asked' ? t('loop.resident') : t('loop.node'));
  return html`<section class="panel stack" aria-labelledby="steps"><h2 id="steps">${t('loop.steps')}</h2>
    <ol><li>${stamp(data.case.received_at)} ${t('loop.step.received')}</li>
      ${data.steps.map((s, i) => html`<li key=${i}>${stamp(s.at)} <strong>${t('loop.step.' + s.kind)}</strong> <span class="muted">${who(s)}</span>
        ${s.answer ? html` · ${t('loop.answer.' + s.answer)}` : null}
        ${s.note ? html` · ${['remind', 'escalate'].includes(s.kind) ? t('loop.clock.' + s.note) : s.note}` : null}
        ${s.refused ? html` <span class="badge warn">${t('loop.refused')}</span>` : null}</li>`)}</ol></section>`;
}
