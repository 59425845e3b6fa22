// Documents that wait for the office, and those that are filed with the code by which anybody checks them.
import { html, useState } from '../../../vendor/ui.js';
import { addMessages, t } from '../../i18n/i18n.js';
import { ask } from '../../ui/dialog.js';
import { announce } from '../../ui/live.js';
import { qrPath } from '../../core/qr.js';
import { Qr } from '../../ui/qr.js';
import { get, post, query } from './api.js';
import { Fault, Head, Waiting } from './frame.js';
import { when } from './format.js';
import { usePolled } from './poll.js';
import { session } from './session.js';
import * as texts from './texts-documents.js';

const STATES = ['submitted', 'filed', 'returned', 'superseded'];

/** Adds the texts and gives the screen; called once, when the screen is first opened. */
export function documents() {
  addMessages(texts);
  return Documents;
}

/** @param {{query: Record<string, string>}} props */
function Documents({ query: asked }) {
  const state = STATES.includes(asked.state) ? asked.state : 'submitted';
  return html`<${Head} title=${t('papers.title')} sub=${t('papers.sub')} />
    <nav class="row wrap no-print" aria-label=${t('papers.lists')}>
      ${STATES.map((name) => html`<a key=${name} class="button" href=${'#/documents' + query({ state: name })} aria-current=${name === state ? 'page' : undefined}>${t('papers.' + name)}</a>`)}
    </nav>
    <${List} key=${state + (asked.after || '')} state=${state} after=${asked.after} />`;
}

function List({ state, after }) {
  const { data, error, reload } = usePolled(() => get('/api/office/documents' + query({ state, after })), [state, after]);
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const may = session.value && session.value.staff.role === 'officer';
  const move = async (/** @type {any} */ d, /** @type {string} */ to) => {
    if (await ask({ title: t('papers.ask.' + to), text: t('papers.ask.' + to + '.text'), yes: t('papers.' + to + '.do') }) === null) return;
    try {
      const done = await post('/api/office/documents/' + d.id + '/' + to, {});
      setFailed(null);
      announce(t('papers.done.' + to, { no: done.no }));
      await reload();
    } catch (err) { setFailed(err); }
  };
  if (!data) return error ? html`<${Fault} error=${error} onRetry=${reload} />` : html`<${Waiting} />`;
  if (!data.items.length) return html`<p class="card empty">${t('papers.none.' + state)}</p>`;
  return html`<${Fault} error=${failed} />
    <div class="table-box" role="group" aria-label=${t('papers.' + state)} tabindex="0"><table>
      <caption class="sr-only">${t('papers.' + state)}</caption>
      <thead><tr>${['no', 'village', 'template', 'service', 'filed_at', 'do'].map((c) => html`<th scope="col" key=${c}>${t('papers.col.' + c)}</th>`)}</tr></thead>
      <tbody>${data.items.map((d) => html`<tr key=${d.id}>
        <td data-label=${t('papers.col.no')}>${d.no || d.device_no || t('papers.no.none')}</td>
        <td data-label=${t('papers.col.village')}>${d.village || d.region}</td>
        <td data-label=${t('papers.col.template')}>${d.template}</td>
        <td data-label=${t('papers.col.service')}><a href=${'#/services/' + d.service}>${t('papers.open')}</a></td>
        <td data-label=${t('papers.col.filed_at')}>${d.filed_at ? when(d.filed_at) : ''}</td>
        <td data-label=${t('papers.col.do')}>${state === 'submitted' && may ? html`<span class="row">
            <button type="button" class="primary" onClick=${() => move(d, 'file')}>${t('papers.file.do')}</button>
            <button type="button" onClick=${() => move(d, 'return')}>${t('papers.return.do')}</button></span>` : null}
          ${d.url ? html`<details><summary>${t('papers.code')}</summary><${Qr} ...${qrPath(d.url)} label=${t('papers.code.label')} /><p class="small">${d.code}</p></details>` : null}</td>
      </tr>`)}</tbody></table></div>
    ${data.items.length === 50 ? html`<p><a class="button" href=${'#/documents' + query({ state, after: data.items[49].id })}>${t('papers.next')}</a></p>` : null}`;
}
