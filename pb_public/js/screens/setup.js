// The first set-up: one administrator for a new node, once.
import { html, render, signal } from '../../vendor/ui.js';
import { addMessages, firstLang, lang, setLang, t } from '../i18n/i18n.js';
import * as widgets from '../i18n/ui.js';
import * as texts from '../i18n/start.js';
import { Check, TextField } from '../ui/form.js';
import { Note, Page } from '../ui/page.js';

const node = signal(null);
const state = signal('loading'); // loading, form, saving, done, already
const form = signal({ name: '', login: '', password: '', again: '', code: '' });
const errors = signal({});
const problem = signal(null);
const shown = signal(false);

/** What still stands against sending: field to message key. @param {{name: string, login: string, password: string, again: string, code: string}} f @param {boolean} needsCode */
function check(f, needsCode) {
  const wrong = {};
  if (!f.name.trim()) wrong.name = 'setup.need_name';
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(f.login.trim())) wrong.login = 'setup.need_login';
  if (Array.from(f.password).length < 10) wrong.password = 'setup.need_length';
  if (f.again !== f.password) wrong.again = 'setup.need_same';
  if (needsCode && f.code.replace(/[-\s]/g, '').length !== 10) wrong.code = 'setup.need_code';
  return wrong;
}

function field(name, props) {
  return html`<${TextField} id=${name} label=${t('setup.' + name)} value=${form.value[name]}
    error=${errors.value[name] ? t(errors.value[name]) : ''} onText=${(text) => { form.value = { ...form.value, [name]: text }; }} ...${props} />`;
}

function Form() {
  const secret = shown.value ? 'text' : 'password';
  return html`<form class="card" novalidate onSubmit=${submit}>
    ${field('name', { autocomplete: 'name', maxlength: 60 })}
    ${field('login', { type: 'email', autocomplete: 'username', hint: t('setup.login_hint'), maxlength: 120 })}
    ${field('password', { type: secret, autocomplete: 'new-password', hint: t('setup.password_hint'), maxlength: 72 })}
    ${field('again', { type: secret, autocomplete: 'new-password', maxlength: 72 })}
    <${Check} id="show" label=${t('setup.show')} value=${shown.value} onPick=${(on) => { shown.value = on; }} />
    ${node.value.needs_code ? field('code', { hint: t('setup.code_hint'), maxlength: 14, spellcheck: false }) : null}
    ${problem.value ? html`<${Note} kind="bad" alert><strong>${problem.value.message}</strong> ${problem.value.hint}</${Note}>` : null}
    <p><button type="submit" class="primary big block" disabled=${state.value === 'saving'}>${t(state.value === 'saving' ? 'setup.saving' : 'setup.save')}</button></p>
  </form>`;
}

function Body() {
  if (state.value === 'loading') return problem.value ? html`<${Note} kind="bad" alert>${problem.value.message}</${Note}>` : null;
  if (state.value === 'already') return html`<${Note} kind="info">${t('setup.already')}</${Note}><p><a class="btn primary" href="/office/">${t('setup.open_office')}</a></p>`;
  if (state.value === 'done') return html`<${Note} kind="good" alert><strong>${t('setup.done')}</strong> ${t('setup.done_next')}</${Note}><p><a class="btn primary big block" href="/office/">${t('setup.open_office')}</a></p>`;
  return html`<p>${t('setup.lead')}</p>
    <dl class="facts card"><dt>${t('setup.node')}</dt><dd>${[node.value.name, t('start.' + node.value.tier), node.value.region].filter(Boolean).join(' · ')}</dd></dl>
    <${Form} />`;
}

function Setup() {
  const action = html`<button type="button" class="quiet" lang=${lang.value === 'en' ? 'zh-CN' : 'en'} onClick=${() => setLang(lang.value === 'en' ? 'zh' : 'en')}>${t('start.language')}</button>`;
  return html`<div class="start"><${Page} title=${t('setup.title')} action=${action}><div class="stack"><${Body} /></div></${Page}></div>`;
}

async function submit(event) {
  event.preventDefault();
  if (state.value === 'saving') return;
  errors.value = check(form.value, node.value.needs_code);
  problem.value = null;
  const first = Object.keys(errors.value)[0];
  if (first) {
    document.getElementById(first).focus();
    return;
  }
  state.value = 'saving';
  const { name, login, password, code } = form.value;
  const answer = await call({ name, login, password, code });
  if (answer.status === 201) {
    form.value = { name: '', login: '', password: '', again: '', code: '' };
    state.value = 'done';
  } else if (answer.body.code === 'setup_done') {
    state.value = 'already';
  } else {
    problem.value = answer.body.message ? answer.body : { message: t('setup.no_answer') };
    state.value = 'form';
  }
}

/** Sends a body, or asks without one. An answer that is not ours (a proxy's page) counts as none. */
async function call(body) {
  try {
    const answer = await fetch('/api/cunju/setup', {
      method: body ? 'POST' : 'GET', cache: 'no-store',
      headers: { 'Accept-Language': lang.value, ...(body ? { 'Content-Type': 'application/json' } : {}) },
      body: body ? JSON.stringify(body) : undefined,
    });
    return { status: answer.status, body: await answer.json() };
  } catch (err) {
    return { status: 0, body: {} };
  }
}

async function start() {
  const answer = await call(null);
  if (answer.status !== 200) {
    problem.value = { message: t('start.offline') };
    return;
  }
  node.value = answer.body;
  state.value = answer.body.needed ? 'form' : 'already';
}

addMessages(widgets);
addMessages(texts);
setLang(firstLang(new URLSearchParams(location.search).get('lang') || '', navigator.languages));
render(html`<${Setup} />`, document.getElementById('app'));
start();
