// Language, size of text, light or dark; who is paired here; what this phone can do; how to leave.
import { html, useState } from '../../../vendor/ui.js';
import { addMessages, lang, setLang, t } from '../../i18n/i18n.js';
import * as texts from '../../i18n/field-more.js';
import { qrPath } from '../../core/qr.js';
import { ask } from '../../ui/dialog.js';
import { announce } from '../../ui/live.js';
import { Choice } from '../../ui/form.js';
import { Page } from '../../ui/page.js';
import { canScan } from '../../ui/scan.js';
import { db, lock, me, newPin, regionName, useStored, waiting, wipe } from './app.js';
import { setSetting, setting } from './look.js';
import { PinForm } from './pin.js';

addMessages(texts);

export default function Settings() {
  const [, redraw] = useState(0);
  const put = (name, value) => { setSetting(name, value); redraw((n) => n + 1); };
  const pick = (name, values, start) => html`<${Choice} id=${'set-' + name} label=${t('set.' + name)} value=${setting(name) || start}
    options=${values.map((v) => ({ value: v, label: t('set.' + name + '.' + v) }))} onPick=${(v) => put(name, v)} />`;
  return html`<${Page} title=${t('set.title')}>
    <div class="stack">
      <section class="card">
        <${Choice} id="set-lang" label=${t('set.lang')} value=${lang.value} options=${[{ value: 'zh', label: '中文' }, { value: 'en', label: 'English' }]} onPick=${(v) => { put('lang', v); setLang(v); }} />
        ${pick('text', ['1', '2', '3', '4'], '1')}
        ${pick('theme', ['auto', 'light', 'dark'], 'auto')}
      </section>
      ${me.value ? html`<${Identity} /><${LockCard} pick=${pick} />` : null}
      <${Abilities} />
      ${me.value ? html`<${Leave} />` : null}
    </div></${Page}>`;
}

function Identity() {
  const { staff, regions, install, alias } = me.value;
  return html`<section class="card"><h2>${t('set.who')}</h2><dl class="facts">
    <dt>${t('set.name')}</dt><dd>${staff.name}</dd>
    <dt>${t('set.villages')}</dt><dd>${regions.map((r) => regionName(r.code)).join('、')}</dd>
    <dt>${t('set.install')}</dt><dd class="mono">${install.replace(/(.{4})(?=.)/g, '$1 ')}</dd>
    <dt>${t('set.alias')}</dt><dd class="mono">${alias}</dd></dl>
    <p class="muted small">${t('set.phone_lock')}</p></section>`;
}

/** The lock: now, by itself, and another PIN. */
function LockCard({ pick }) {
  const [changing, setChanging] = useState(false);
  const change = async (pin, old) => {
    const fault = await newPin(pin, old);
    if (fault) return fault;
    setChanging(false);
    announce(t('set.pin_done'));
    return '';
  };
  return html`<section class="card stack"><h2>${t('set.locking')}</h2>
    ${pick('lock', ['1', '5', '10', '30'], '10')}
    ${changing ? html`<${PinForm} old onPin=${change} go=${t('set.pin')} />` : null}
    <div class="row"><button type="button" class="grow" onClick=${lock}>${t('set.lock_now')}</button>
      ${changing ? null : html`<button type="button" class="grow" onClick=${() => setChanging(true)}>${t('set.pin')}</button>`}</div></section>`;
}

/** What this phone can do, tried out, not guessed. */
function Abilities() {
  const found = useStored(async () => ({
    secure: window.isSecureContext,
    offline: 'serviceWorker' in navigator && Boolean(navigator.serviceWorker.controller),
    keys: Boolean(window.crypto && crypto.subtle),
    scan: await canScan(qrPath('CUNJU')),
    persisted: Boolean(navigator.storage && navigator.storage.persisted && (await navigator.storage.persisted())),
  }), []);
  const [asked, setAsked] = useState(/** @type {boolean|null} */ (null));
  if (!found) return null;
  const persist = async () => setAsked(await navigator.storage.persist());
  const kept = asked === null ? found.persisted : asked;
  const row = (name, yes) => html`<dt>${t('can.' + name)}</dt><dd>${t(yes ? 'can.yes' : 'can.no.' + name)}</dd>`;
  return html`<section class="card"><h2>${t('can.title')}</h2><dl class="facts">
      ${row('secure', found.secure)}${row('offline', found.offline)}${row('keys', found.keys)}${row('scan', found.scan)}${row('persisted', kept)}</dl>
    ${!kept && navigator.storage && navigator.storage.persist ? html`<p><button type="button" onClick=${persist}>${t('can.persist')}</button></p>` : null}
    ${asked === false ? html`<p class="muted small" role="status">${t('can.refused')}</p>` : null}</section>`;
}

function Leave() {
  const { unsent } = waiting.value;
  const wipe = async () => {
    const answer = await ask({ title: t('leave.ask'), text: unsent ? t('leave.unsent', { n: unsent }) : t('leave.text'), yes: t('leave.yes'), danger: true,
      input: unsent ? { label: t('leave.type'), required: true } : undefined });
    if (answer === null) return;
    if (unsent && answer !== t('leave.word')) { announce(t('leave.not')); return; }
    await wipe();
  };
  return html`<section class="card"><h2>${t('leave.title')}</h2><p>${t('leave.explain')}</p>
    <div class="row"><a class="btn" href="#/pair">${t('leave.again')}</a><button type="button" class="danger" onClick=${wipe}>${t('leave.wipe')}</button></div></section>`;
}
