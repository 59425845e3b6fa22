// The villages of a counsel, from when until when, and how one comes to an end.
import { html, useEffect, useRef, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { Choice, TextField } from '../../ui/form.js';
import { post } from './api.js';
import { stamp, today } from './format.js';

const TONE = { now: 'good', future: 'info', grace: 'warn', ended: '' };

/** The last day that an interval covers, in the office's zone. @param {string} until RFC 3339 */
export function lastDay(until) {
  const ms = Date.parse(until);
  return Number.isNaN(ms) ? '' : stamp(ms - 1).slice(0, 10);
}

/** @param {{items: any[], grace: number, run: (work: () => Promise<any>, done?: string) => Promise<boolean>}} props */
export function Intervals({ items, grace, run }) {
  const [ending, setEnding] = useState('');
  if (!items.length) return html`<div class="card empty"><p><strong>${t('office.staff.no_villages')}</strong></p><p>${t('office.staff.no_villages.teach')}</p></div>`;
  const one = items.find((a) => a.id === ending);
  return html`<div class="table-box" role="group" aria-labelledby="villages-head" tabindex="0"><table class="services">
      <thead><tr><th scope="col">${t('office.col.place')}</th><th scope="col">${t('office.staff.from')}</th><th scope="col">${t('office.staff.until')}</th>
        <th scope="col">${t('office.staff.grace')}</th><th scope="col">${t('office.staff.state')}</th><th scope="col"><span class="sr-only">${t('office.staff.end')}</span></th></tr></thead>
      <tbody>${items.map((a) => html`<tr key=${a.id}>
        <td data-label=${t('office.col.place')}><strong>${a.name || a.region}</strong></td>
        <td class="num-left" data-label=${t('office.staff.from')}>${stamp(Date.parse(a.valid_from)).slice(0, 10) || '—'}</td>
        <td class="num-left" data-label=${t('office.staff.until')}>${a.valid_until ? lastDay(a.valid_until) : t('office.staff.open')}</td>
        <td class="num-left" data-label=${t('office.staff.grace')}>${t('office.staff.days', { n: a.grace_days })}</td>
        <td data-label=${t('office.staff.state')}><span class=${'badge ' + TONE[a.phase]}>${t('office.staff.phase.' + a.phase)}</span></td>
        <td>${a.may_end ? html`<button type="button" onClick=${() => setEnding(a.id)}>${t('office.staff.end')}<span class="sr-only"> ${a.name}</span></button>` : null}</td></tr>`)}</tbody>
    </table></div>
    ${one ? html`<${Ending} key=${one.id} one=${one} grace=${grace} run=${run} onClose=${() => setEnding('')} />` : null}`;
}

function Ending({ one, grace, run, onClose }) {
  const [when, setWhen] = useState('day');
  const [day, setDay] = useState(today());
  const [days, setDays] = useState(String(grace));
  const [wrong, setWrong] = useState(/** @type {Record<string, string>} */ ({}));
  const head = useRef(/** @type {any} */ (null));
  useEffect(() => { head.current.focus(); }, []);
  const submit = async (e) => {
    e.preventDefault();
    const gaps = endingLacks(when, day, days, today());
    setWrong(gaps);
    if (Object.keys(gaps).length) return;
    const body = { last_day: when === 'day' ? day : '', grace_days: Number(days) };
    if (await run(() => post('/api/cunju/assignments/' + one.id + '/end', body), t('office.staff.end.done', { name: one.name }))) onClose();
  };
  const option = (code) => ({ value: code, label: t('office.staff.end.' + code) });
  return html`<form class="card stack" onSubmit=${submit} novalidate aria-labelledby="end-head">
    <h3 id="end-head" ref=${head} tabindex="-1">${t('office.staff.end.title', { name: one.name })}</h3>
    <p>${t('office.staff.end.text')}</p>
    <${Choice} id="end-when" label=${t('office.staff.end.when')} value=${when} options=${[option('day'), option('at_once')]} onPick=${setWhen} />
    <div class="two-fields">
      ${when === 'day' ? html`<${TextField} id="end-day" type="date" label=${t('office.staff.until')} value=${day} min=${today()} onText=${setDay} hint=${t('office.staff.end.day.hint')} error=${wrong.day ? t(wrong.day) : ''} />` : null}
      <${TextField} id="end-grace" label=${t('office.staff.grace')} value=${days} inputmode="numeric" maxlength="2" onText=${setDays} hint=${t('office.staff.grace.hint')} error=${wrong.days ? t(wrong.days) : ''} />
    </div>
    <div class="row"><button type="submit" class="danger">${t('office.staff.end.yes')}</button><button type="button" onClick=${onClose}>${t('ui.cancel')}</button></div></form>`;
}

/** What is wrong with an ending, as message keys. @param {string} when @param {string} day @param {string} days @param {string} now today's date */
export function endingLacks(when, day, days, now) {
  /** @type {Record<string, string>} */
  const wrong = {};
  if (when === 'day' && (!/^\d{4}-\d\d-\d\d$/.test(day) || day < now)) wrong.day = 'office.staff.end.day.wrong';
  if (!/^\d{1,2}$/.test(days) || Number(days) > 60) wrong.days = 'office.staff.grace.wrong';
  return wrong;
}
