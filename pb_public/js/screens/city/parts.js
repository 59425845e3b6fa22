// The pictures of the overview: our own SVG, and every picture is also a table that can be read out.
import { html } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { ago, stamp } from '../office/format.js';
import { columns, course, lagLevel, shade, share } from './chart.js';

/** @param {{id: string, title: string, rows: any[]}} props */
export function Bars({ id, title, rows }) {
  const most = Math.max(1, ...rows.map((r) => r.n));
  return html`<section class="card" aria-labelledby=${id}><h2 id=${id}>${title}</h2>
    ${rows.length ? html`<div class="two">${columns(rows).map((part, i) => html`<${BarTable} key=${i} title=${title} rows=${part} most=${most} />`)}</div>
      <p class="small muted"><${Legend} name="bar-verified" text=${t('city.verified')} /><${Legend} name="bar-all" text=${t('city.unverified')} /></p>`
      : html`<p class="muted">${t('city.none')}</p>`}</section>`;
}

function BarTable({ title, rows, most }) {
  return html`<table class="bars"><caption class="sr-only">${title}</caption>
    <thead class="sr-only"><tr><th scope="col">${title}</th><th scope="col">${t('city.picture')}</th><th scope="col">${t('city.services')}</th></tr></thead>
    <tbody>${rows.map((r) => html`<tr key=${r.code}><th scope="row">${r.name}</th>
      <td class="bar-cell"><svg class="bar-svg" aria-hidden="true" focusable="false"><rect class="bar-all" width=${share(r.n, most) + '%'} height="100%" rx="2" />
        <rect class="bar-verified" width=${share(r.verified, most) + '%'} height="100%" rx="2" /></svg></td>
      <td class="num">${r.few ? html`<${Few} />` : r.n}</td></tr>`)}</tbody></table>`;
}

function Few() {
  return html`<span class="muted" title=${t('city.few.why')}><span aria-hidden="true">*</span><span class="sr-only">${t('city.few')}</span></span>`;
}

function Legend({ name, text }) {
  return html`<span class="legend"><svg aria-hidden="true" focusable="false"><rect class=${name} width="100%" height="100%" rx="2" /></svg>${text}</span>`;
}

/** @param {{month: string, months: any[]}} props */
export function Course({ month, months }) {
  const list = course(month, months);
  const most = Math.max(1, ...list.map((m) => m.n));
  const said = list.map((m) => m.month + ': ' + m.n).join('；');
  return html`<section class="card" aria-labelledby="course-head"><h2 id="course-head">${t('city.course')}</h2>
    <svg class="course" viewBox="0 0 480 150" role="img" aria-label=${said}>${list.map((m, i) => {
      const high = (m.n / most) * 100;
      return html`<g key=${m.month}><rect class="column" x=${i * 40 + 8} y=${122 - high} width="24" height=${high} rx="2" />
        <text class="value" x=${i * 40 + 20} y=${116 - high} text-anchor="middle">${m.n || ''}</text>
        <text x=${i * 40 + 20} y="138" text-anchor="middle">${Number(m.month.slice(5)) === 1 ? m.month.slice(0, 4) : m.month.slice(5)}</text></g>`;
    })}</svg></section>`;
}

/** Places by topic. @param {{title: string, table: any, topics: any[], name: (code: string) => string, topicName: (topic: any) => string}} props */
export function Cross({ title, table, topics, name, topicName }) {
  const most = Math.max(1, ...table.rows.map((r) => Math.max(0, ...topics.map((c) => (table.cells[r][c.code] || { n: 0 }).n))));
  return html`<section class="stack" aria-labelledby="cross-head"><h2 id="cross-head">${title}</h2>
    <div class="table-box" role="group" aria-labelledby="cross-head" tabindex="0"><table class="cross">
      <thead><tr><th scope="col">${t('city.place')}</th>${topics.map((c) => html`<th scope="col" class="num" key=${c.code}>${topicName(c)}</th>`)}</tr></thead>
      <tbody>${table.rows.map((r) => html`<tr key=${r}><th scope="row">${name(r)}</th>${topics.map((c) => html`<${Heat} key=${c.code} cell=${table.cells[r][c.code]} most=${most} />`)}</tr>`)}</tbody>
    </table></div><p class="small muted">${t('city.few.note')}</p></section>`;
}

function Heat({ cell, most }) {
  if (!cell || (!cell.n && !cell.few)) return html`<td class="num muted">0</td>`;
  if (cell.few) return html`<td class="num"><${Few} /></td>`;
  return html`<td class=${'num h' + shade(cell.n, most)}>${cell.n}</td>`;
}

/** How far each township is behind. @param {{items: any[], now: number}} props */
export function LagTable({ items, now }) {
  return html`<section class="stack" aria-labelledby="lag-head"><h2 id="lag-head">${t('city.lag')}</h2><p class="muted small">${t('city.lag.sub')}</p>
    ${items.length ? html`<div class="table-box" role="group" aria-labelledby="lag-head" tabindex="0"><table class="services">
      <thead><tr><th scope="col">${t('city.lag.place')}</th><th scope="col">${t('city.lag.seen')}</th><th scope="col">${t('city.lag.newest')}</th>
        <th scope="col" class="num">${t('city.lag.unsent')}</th><th scope="col" class="num">${t('city.lag.phones')}</th></tr></thead>
      <tbody>${items.map((l) => html`<tr key=${l.township}>
        <td data-label=${t('city.lag.place')}><span>${l.county ? html`<span class="muted">${l.county} </span>` : null}${l.name || l.township}</span></td>
        <td data-label=${t('city.lag.seen')}><span class=${'badge ' + lagLevel(l, now)}>${ago(l.seen_at, now)}</span></td>
        <td class="num-left" data-label=${t('city.lag.newest')}>${stamp(l.newest) || '—'}</td>
        <td class="num" data-label=${t('city.lag.unsent')}>${l.unsent}</td><td class="num" data-label=${t('city.lag.phones')}>${l.phones}</td></tr>`)}</tbody>
    </table></div>` : html`<div class="card empty"><p><strong>${t('city.lag.empty')}</strong></p><p>${t('city.lag.empty.teach')}</p></div>`}</section>`;
}
