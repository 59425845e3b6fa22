// The law library of this node: an article by what it says, as it is worded on a day.
import { html, useState } from '../../../vendor/ui.js';
import { addMessages, t } from '../../i18n/i18n.js';
import { go } from '../../ui/router.js';
import { get, query } from './api.js';
import { Fault, Head, Waiting } from './frame.js';
import { today } from './format.js';
import { usePolled } from './poll.js';
import * as texts from './texts-laws.js';

/** Adds the texts and gives the screen; called once, when the screen is first opened. */
export function laws() {
  addMessages(texts);
  return Laws;
}

/** @param {{query: Record<string, string>}} props */
function Laws({ query: asked }) {
  const [text, setText] = useState(asked.q || '');
  const on = /^\d{4}-\d\d-\d\d$/.test(asked.on || '') ? asked.on : '';
  const look = (/** @type {Event} */ e) => {
    e.preventDefault();
    go('#/laws' + query({ q: text.trim(), on }));
  };
  return html`<${Head} title=${t('law.title')} sub=${t('law.sub')} />
    <form class="row wrap no-print" role="search" onSubmit=${look}>
      <label class="inline"><span>${t('law.words')}</span> <input id="q" type="search" maxlength="200" value=${text} onInput=${(e) => setText(e.currentTarget.value)} /></label>
      <label class="inline"><span>${t('law.on')}</span> <input type="date" value=${on || today()} onChange=${(e) => go('#/laws' + query({ q: text.trim(), on: e.currentTarget.value }), true)} /></label>
      <button type="submit" class="primary">${t('law.search')}</button>
    </form>
    ${asked.q ? html`<${Results} key=${asked.q + on + (asked.page || '')} q=${asked.q} on=${on} page=${Number(asked.page) || 1} />` : html`<p class="card empty">${t('law.empty')}</p>`}`;
}

function Results({ q, on, page }) {
  const { data, error, reload } = usePolled(() => get('/api/laws/search' + query({ q, on, page })), [q, on, page]);
  if (!data) return error ? html`<${Fault} error=${error} onRetry=${reload} />` : html`<${Waiting} />`;
  if (!data.items.length) return html`<div class="card empty"><p>${t('law.none')}</p><p>${t('law.none.teach')}</p></div>`;
  return html`<ol class="plain stack">${data.items.map((a) => html`<li class="card" key=${a.slug + a.no + '.' + a.sub + a.version}>
      <h2>${a.title} ${a.label || a.no}</h2><p class="pre">${a.text}</p>
      <p class="small muted">${a.valid_from ? t('law.from', { day: a.valid_from }) : t('law.from.unknown')}${a.valid_to ? ' · ' + t('law.to', { day: a.valid_to }) : ''}</p></li>`)}</ol>
    <p class="row no-print">${page > 1 ? html`<a class="button" href=${'#/laws' + query({ q, on, page: page - 1 })}>${t('law.back')}</a>` : null}
      ${data.more ? html`<a class="button" href=${'#/laws' + query({ q, on, page: page + 1 })}>${t('law.next')}</a>` : null}</p>`;
}
