// Starts the phone's app: settings, store, first screen; then everything that the first screen does not need.
import { html, render, useEffect, useState } from '../../../vendor/ui.js';
import { addMessages, firstLang, lang, setLang, t } from '../../i18n/i18n.js';
import * as uiTexts from '../../i18n/ui.js';
import * as texts from '../../i18n/field.js';
import { Icon } from '../../ui/icon.js';
import { go, route, startRouter } from '../../ui/router.js';
import { applyLook, setting } from './look.js';
import { gate, me, openApp, updateReady, waiting } from './app.js';
import { Lock } from './lock.js';

const SCREENS = {
  today: () => import('./today.js').then((m) => ({ default: m.Today })),
  pin: () => import('./pin.js'),
  pair: () => import('./pair.js'),
  village: () => import('./village.js'),
  log: () => import('./log.js'),
  record: () => import('./record.js'),
  sync: () => import('./sync.js'),
  settings: () => import('./settings.js'),
};
const TABS = [['today', 'home'], ['sync', 'sync'], ['settings', 'gear']];

/** An address that names no screen leads to the first one. */
function screenOf(name) {
  return SCREENS[name] || SCREENS.today;
}

function Screen({ name, args, query }) {
  const [loaded, setLoaded] = useState(/** @type {{name: string, View: any, failed?: boolean}|null} */ (null));
  useEffect(() => {
    screenOf(name)().then((module) => setLoaded({ name, View: module.default }), () => setLoaded({ name, View: null, failed: true }));
  }, [name]);
  if (!loaded || loaded.name !== name) return html`<p class="empty" role="status">${t('app.loading')}</p>`;
  if (loaded.failed) return html`<div class="empty"><p role="alert">${t('app.not_loaded')}</p><button type="button" onClick=${() => location.reload()}>${t('app.reload')}</button></div>`;
  return html`<${loaded.View} key=${args.join('/')} args=${args} query=${query} />`;
}

function Tabs({ name }) {
  const here = TABS.some(([tab]) => tab === name) ? name : 'today';
  return html`<nav class="tabs" aria-label=${t('app.nav')}>${TABS.map(([tab, icon]) => html`
    <a key=${tab} href=${'#/' + tab} aria-current=${tab === here ? 'page' : undefined}><${Icon} name=${icon} />
      <span>${t('tab.' + tab)}${tab === 'sync' && waiting.value.unsent ? html`<b class="count" aria-label=${t('tab.unsent', { n: waiting.value.unsent })}>${waiting.value.unsent}</b>` : null}</span></a>`)}
  </nav>`;
}

function App() {
  const { name, args, query } = route.value;
  const { state } = gate.value;
  if (state === 'locked') return html`<${Lock} />`;
  if (state === 'old') return html`<${Screen} name="pin" args=${[]} query=${{}} />`;
  if (me.value === undefined) return html`<p class="empty" role="status">${t('app.loading')}</p>`;
  const paired = me.value !== null;
  const shown = paired ? name || 'today' : name === 'settings' ? 'settings' : 'pair';
  const key = shown + (lang.value === 'en' ? '-en' : '-zh');
  return html`<a class="skip" href="#main" onClick=${toMain}>${t('app.skip')}</a>
    ${updateReady.value ? html`<p class="note small update" role="status">${t('app.update')}</p>` : null}
    <${Screen} key=${key} name=${shown} args=${args} query=${query} />
    ${paired || shown === 'settings' ? html`<${Tabs} name=${shown} />` : null}`;
}

function toMain(e) {
  e.preventDefault();
  const main = document.getElementById('main');
  if (main) main.focus();
}

async function boot() {
  addMessages(uiTexts);
  addMessages(texts);
  setLang(firstLang(setting('lang'), navigator.languages));
  applyLook();
  startRouter();
  const root = document.getElementById('app');
  try {
    await openApp();
  } catch (err) {
    root.textContent = t('app.no_store');
    return;
  }
  if (me.value === null && route.value.name !== 'pair') go('#/pair', true);
  render(html`<${App} />`, root);
  const { startHosts } = await import('./later.js');
  startHosts();
  // While the PIN is typed, what comes behind it is fetched.
  if (gate.value.state === 'locked') await Promise.all([import('./gate.js'), SCREENS.today(), import('./syncing.js')]);
}

boot();
