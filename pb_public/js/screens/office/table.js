// The table of service records, made for the keyboard: j and k (or the arrows) move, Enter opens, / goes to the search.
import { html, useEffect, useRef } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { hour, label, named, when } from './format.js';

const TONE = { submitted: 'warn', verified: 'good', returned: 'bad' };

/** @param {{state: string}} props */
export function StateBadge({ state }) {
  return html`<span class=${'badge ' + (TONE[state] || '')}>${label('state', state)}</span>`;
}

/** @param {{marks: string[]}} props */
export function Marks({ marks }) {
  return html`${(marks || []).map((m) => html`<span class="badge info" key=${m} title=${t('office.mark.' + m + '.why')}>${t('office.mark.' + m)}</span>`)}`;
}

/** Whether a key press belongs to a field or a browser command and not to us. @param {KeyboardEvent} e */
export function busyKey(e) {
  const target = /** @type {HTMLElement} */ (e.target);
  return e.ctrlKey || e.metaKey || e.altKey || e.isComposing || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) || Boolean(target.closest('dialog'));
}

/** Where a key leads from the row in focus; -1 for nowhere. @param {string} key @param {number} at @param {number} count */
export function step(key, at, count) {
  if (!count) return -1;
  if (key === 'j' || key === 'ArrowDown') return Math.min(at + 1, count - 1);
  if (key === 'k' || key === 'ArrowUp') return Math.max(at - 1, 0);
  return -1;
}

/** @param {{items: any[], day?: boolean, caption: string, places?: boolean}} props day: all of one day, so the hour is enough; places: several townships */
export function ServiceTable({ items, day, caption, places }) {
  const body = useRef(/** @type {any} */ (null));
  useEffect(() => {
    const press = (e) => {
      if (busyKey(e)) return;
      if (e.key === '/') {
        const search = document.getElementById('q');
        if (search) { e.preventDefault(); search.focus(); }
        return;
      }
      const links = body.current ? [...body.current.querySelectorAll('a.open')] : [];
      const next = step(e.key, links.indexOf(document.activeElement), links.length);
      // The arrows scroll the page unless a row has the focus already.
      if (next < 0 || (e.key.startsWith('Arrow') && !links.includes(document.activeElement))) return;
      e.preventDefault();
      links[next].focus();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
  return html`<div class="table-box" role="group" aria-label=${caption} tabindex="0"><table class="services">
    <caption class="sr-only">${caption}</caption>
    <thead><tr>
      <th scope="col">${t('office.col.when')}</th><th scope="col">${t('office.col.place')}</th><th scope="col">${t('office.col.kind')}</th>
      <th scope="col">${t('office.col.title')}</th><th scope="col">${t('office.col.client')}</th><th scope="col">${t('office.col.counsel')}</th>
      <th scope="col">${t('office.col.state')}</th>
    </tr></thead>
    <tbody ref=${body}>${items.map((s) => html`<${Row} key=${s.id} s=${s} day=${day} places=${places} />`)}</tbody>
  </table></div>`;
}

function Row({ s, day, places }) {
  return html`<tr>
    <td class="num-left" data-label=${t('office.col.when')}>${day ? hour(s.occurred_at) : when(s.occurred_at)}</td>
    <td data-label=${t('office.col.place')}><span>${places && s.township_name ? html`<span class="muted">${s.township_name} </span>` : null}${s.village_name || s.region}</span></td>
    <td data-label=${t('office.col.kind')}>${named(s, 'kind')}</td>
    <td data-label=${t('office.col.title')}><a class="open" href=${'#/services/' + s.id}>${s.title || t('office.untitled')}</a>
      <span class="small muted block">${named(s, 'topic')}${s.no || s.device_no ? ' · ' + (s.no || s.device_no) : ''}</span></td>
    <td data-label=${t('office.col.client')}>${s.client || label('client_kind', s.client_kind)}</td>
    <td data-label=${t('office.col.counsel')}>${s.counsel_name || t('office.unknown')}</td>
    <td data-label=${t('office.col.state')}><span class="badges"><${StateBadge} state=${s.state} /><${Marks} marks=${s.marks} />
      ${s.rating && s.rating <= 2 ? html`<span class="badge bad">${t('office.grade.' + s.rating)}</span>` : null}</span></td>
  </tr>`;
}
