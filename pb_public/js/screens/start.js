// The start page: what this node is and where to go from here.
import { html, render, signal } from '../../vendor/ui.js';
import { addMessages, firstLang, lang, setLang, t } from '../i18n/i18n.js';
import * as widgets from '../i18n/ui.js';
import * as texts from '../i18n/start.js';
import { Note, Page } from '../ui/page.js';

const node = signal(null);
const offline = signal(false);

const doors = [
  { href: '/field/', key: 'field' },
  { href: '/office/', key: 'office' },
  { href: '/city/', key: 'centre' },
];

function Language() {
  return html`<button type="button" class="quiet" lang=${lang.value === 'en' ? 'zh-CN' : 'en'}
    onClick=${() => setLang(lang.value === 'en' ? 'zh' : 'en')}>${t('start.language')}</button>`;
}

function Start() {
  const facts = node.value;
  const sub = facts ? [facts.name, t('start.' + facts.tier), facts.region].filter(Boolean).join(' · ') : '';
  return html`<div class="start"><${Page} title=${t('start.title')} sub=${sub} action=${html`<${Language} />`}>
    <div class="stack">
      <p>${t('start.what')}</p>
      ${offline.value ? html`<${Note} kind="warn" alert>${t('start.offline')}</${Note}>` : null}
      ${facts && facts.needed ? html`<a class="btn primary big block" href="/setup/">${t('start.setup')}</a>` : null}
      <h2>${t('start.choose')}</h2>
      <ul class="list">${doors.map((d) => html`<li key=${d.href}><a href=${d.href}>
        <span class="grow"><strong>${t('start.' + d.key)}</strong><br /><span class="muted small">${t('start.' + d.key + '_for')}</span></span>
        <span class="chev" aria-hidden="true">›</span></a></li>`)}</ul>
    </div>
  </${Page}></div>`;
}

async function load() {
  try {
    const answer = await fetch('/api/cunju/setup', { cache: 'no-store' });
    if (!answer.ok) throw new Error(String(answer.status));
    node.value = await answer.json();
  } catch (err) {
    offline.value = true;
  }
}

addMessages(widgets);
addMessages(texts);
setLang(firstLang(new URLSearchParams(location.search).get('lang') || '', navigator.languages));
render(html`<${Start} />`, document.getElementById('app'));
load();
