// The parts of a record. They draw what they are given: masked, unless the full values were revealed.
import { html } from '../../../vendor/ui.js';
import { hasText, t } from '../../i18n/i18n.js';
import { Note } from '../../ui/page.js';
import { label, named, stamp, when } from './format.js';

function Rows({ rows }) {
  return html`<dl class="facts">${rows.filter(([, value]) => value !== '' && value !== null && value !== undefined)
    .map(([key, value]) => html`<dt key=${'t' + key}>${t(key)}</dt><dd key=${'d' + key}>${value}</dd>`)}</dl>`;
}

/** Who, where, when, what came of it. @param {{s: any, full: any}} props */
export function Facts({ s, full }) {
  const who = full || s;
  return html`<section class="card" aria-labelledby="facts-head"><h2 id="facts-head">${t('office.record.facts')}</h2><${Rows} rows=${[
    ['office.col.when', when(s.occurred_at)],
    ['office.field.place', [s.township_name, s.village_name, s.place].filter(Boolean).join(' ')],
    ['office.col.counsel', s.counsel_name || t('office.unknown')],
    ['office.field.topic', [s.topic, named(s, 'topic')].filter(Boolean).join(' ')],
    ['office.field.mode', label('mode', s.mode)],
    ['office.field.duration', s.duration_min ? t('office.minutes', { n: s.duration_min }) : ''],
    ['office.field.outcome', label('outcome', s.outcome)],
    ['office.field.follow_up', s.follow_up_at],
    ['office.field.client_kind', label('client_kind', s.client_kind)],
    ['office.field.client_name', full ? full.client_name : s.client],
    ['office.field.client_phone', who.client_phone],
    ['office.field.client_id_no', who.client_id_no],
    ['office.field.client_groups', full ? (full.client_groups || []).map((g) => label('group', g)).join('、') : ''],
    ['office.field.persons', s.persons || ''],
    ['office.field.verified', s.verified_at ? when(s.verified_at) + ' ' + (s.verified_by_name || '') : ''],
    ['office.field.device_no', s.no ? s.device_no : ''],
  ]} />${full ? null : html`<p class="small muted no-print">${t('office.record.masked')}</p>`}</section>`;
}

/** The words of the record, and what belongs to its kind alone. @param {{s: any, full: any}} props */
export function Texts({ s, full }) {
  const details = full ? full.details : s.details;
  return html`<section class="card stack" aria-labelledby="text-head"><h2 id="text-head">${t('office.record.texts')}</h2>
    <div><h3>${t('office.field.summary')}</h3><p class="pre">${(full ? full.summary : s.summary) || t(s.summary_hidden && !full ? 'office.record.summary.hidden' : 'office.nothing')}</p></div>
    <div><h3>${t('office.field.advice')}</h3><p class="pre">${s.advice || t('office.nothing')}</p></div>
    ${details && Object.keys(details).length ? html`<dl class="facts">${Object.entries(details).map(([key, value]) => html`
      <dt key=${'t' + key}>${hasText('office.detail.' + key) ? t('office.detail.' + key) : key}</dt><dd key=${'d' + key}>${plain(value)}</dd>`)}</dl>` : null}
    ${!full && s.details_hidden && s.details_hidden.length ? html`<p class="small muted">${t('office.record.hidden', { n: s.details_hidden.length })}</p>` : null}
  </section>`;
}

/** Any JSON as a line a person can read. @param {any} value @returns {string} */
export function plain(value) {
  if (Array.isArray(value)) return value.map(plain).join('；');
  if (value && typeof value === 'object') return Object.values(value).map(plain).filter(Boolean).join(' ');
  return value === null || value === undefined ? '' : String(value);
}

/** @param {{visit: any}} props */
export function Visit({ visit }) {
  return html`<section class="card" aria-labelledby="visit-head"><h2 id="visit-head">${t('office.record.visit')}</h2>
    ${visit ? html`<${Rows} rows=${[
      ['office.visit.start', when(visit.started_at)], ['office.visit.end', when(visit.ended_at)],
      ['office.visit.presence', label('presence', visit.presence_kind) + (visit.presence_note ? ' · ' + visit.presence_note : '')], ['office.visit.note', visit.note],
    ]} />` : html`<p class="muted">${t('office.record.visit.none')}</p>`}</section>`;
}

/** @param {{attachments: any[], documents: any[]}} props */
export function Attached({ attachments, documents }) {
  return html`<section class="card" aria-labelledby="files-head"><h2 id="files-head">${t('office.record.files')}</h2>
    ${attachments.length + documents.length ? html`<ul class="plain">
      ${documents.map((d) => html`<li key=${d.id}>${d.template} ${d.no} <span class="badge">${label('document', d.state)}</span></li>`)}
      ${attachments.map((a) => html`<li key=${a.id}>${label('attachment', a.kind)} <span class="muted small">${a.mime} · ${Math.ceil(a.size / 1024)} KB</span></li>`)}
    </ul>` : html`<p class="muted">${t('office.record.files.none')}</p>`}</section>`;
}

/** The resident's word; remark and number only when revealed. @param {{ratings: any[], full: any, onRead: () => void}} props */
export function Ratings({ ratings, full, onRead }) {
  const said = (r) => (full && full.ratings[r.id]) || {};
  const unread = ratings.some((r) => r.grade <= 2 && !r.read);
  return html`<section class="card stack" aria-labelledby="rating-head"><h2 id="rating-head">${t('office.record.rating')}</h2>
    ${ratings.length ? ratings.map((r) => html`<${Note} key=${r.id} kind=${r.grade <= 2 ? 'bad' : 'good'}>
      <strong>${t('office.grade.' + r.grade)}</strong> <span class="small muted">${stamp(Date.parse(r.rated_at))}${r.counts ? '' : ' · ' + t('office.rating.not_counted')}</span>
      ${r.reasons.length ? html`<p>${r.reasons.map((x) => label('reason', x)).join('、')}</p>` : null}
      ${said(r).remark ? html`<p>${t('office.rating.remark')}：${said(r).remark}</p>` : null}
      ${said(r).call_back_phone ? html`<p>${t('office.rating.phone')}：${said(r).call_back_phone}</p>` : null}
      ${r.assisted_by ? html`<p class="small">${t('office.rating.assisted')}</p>` : null}<//>`) : html`<p class="muted">${t('office.record.rating.none')}</p>`}
    ${unread ? html`<button type="button" class="no-print" onClick=${onRead}>${t('office.rating.read')}</button>` : null}</section>`;
}

const HISTORY = ['at', 'received', 'by', 'device', 'fields', 'verdict'];

/** Which phone or office changed what, and when. @param {{lines: any[]}} props */
export function History({ lines }) {
  return html`<section class="card no-print" aria-labelledby="history-head"><h2 id="history-head">${t('office.record.history')}</h2>
    ${lines.length ? html`<div class="table-box" role="group" aria-labelledby="history-head" tabindex="0"><table class="services"><thead><tr>
      ${HISTORY.map((c) => html`<th scope="col" key=${c}>${t('office.history.' + c)}</th>`)}</tr></thead>
      <tbody>${lines.map((l) => html`<tr key=${l.id}>
        <td class="num-left" data-label=${t('office.history.at')}>${stamp(Date.parse(l.at))}</td>
        <td class="num-left" data-label=${t('office.history.received')}>${stamp(l.tau)}</td>
        <td class="num-left" data-label=${t('office.history.by')}>${l.by_name || t('office.unknown')}</td>
        <td class="num-left" data-label=${t('office.history.device')}><span>${l.install_name || label('install', l.install_kind) || l.install} <span class="mono small muted">${l.install.slice(0, 6)}</span></span></td>
        <td data-label=${t('office.history.fields')}>${l.creates ? t('office.history.created') : l.fields.length ? l.fields.map(fieldName).join('、') : t('office.history.erased')}</td>
        <td class="num-left" data-label=${t('office.history.verdict')}>${verdict(l.verdict)}</td></tr>`)}</tbody></table></div>`
      : html`<p class="muted">${t('office.history.none')}</p>`}</section>`;
}

function fieldName(field) {
  return hasText('office.field.' + field) ? t('office.field.' + field) : field;
}

function verdict(code) {
  const kind = code.split(':')[0];
  return t('office.verdict.' + kind) + (kind === 'refused' ? ' (' + code.slice(8) + ')' : '');
}
