// The server itself: what it is, whether it has joined the city; a township joins here.
import { html, useState } from '../../../vendor/ui.js';
import { addMessages, t } from '../../i18n/i18n.js';
import { Note } from '../../ui/page.js';
import { TextField } from '../../ui/form.js';
import { announce } from '../../ui/live.js';
import { get, post } from './api.js';
import { Fault, Head, Waiting } from './frame.js';
import { groups, stamp } from './format.js';
import { usePolled } from './poll.js';
import * as texts from './texts-node.js';

addMessages(texts);

const SOON = 60 * 86400000;

/** The signs of a typed code; a code has sixteen. @param {string} text */
export function typed(text) {
  return text.normalize('NFKC').replace(/[^0-9A-Za-z]/g, '').toUpperCase();
}

/** How a township stands: alone (no address), waiting (not joined), ending (certificate runs out), joined; a city stands by itself.
 * @param {{tier: string, upstream: string, joined: boolean, until: string}} node @param {number} [now] */
export function standing(node, now = Date.now()) {
  if (node.tier !== 'township') return 'city';
  if (node.joined) return Date.parse(node.until) - now < SOON ? 'ending' : 'joined';
  return node.upstream ? 'waiting' : 'alone';
}

export function Node() {
  const { data, error, reload } = usePolled(() => get('/api/cunju/node'), []);
  return html`<${Head} title=${t('office.node.title')} sub=${t('office.node.sub')} />
    <${Fault} error=${error} onRetry=${reload} />
    ${data ? html`<${Standing} node=${data} reload=${reload} /><${Facts} node=${data} />` : error ? null : html`<${Waiting} />`}`;
}

const KIND = { joined: 'good', ending: 'warn', waiting: 'info', alone: 'warn', city: 'info' };

function Standing({ node, reload }) {
  const at = standing(node);
  return html`<${Note} kind=${KIND[at]}><h2>${t('office.node.is.' + at)}</h2><p>${t('office.node.is.' + at + '.text')}</p>
      ${at === 'alone' ? html`<p class="mono">upstream = https://…</p>` : null}
      ${at === 'city' ? html`<p><a class="btn" href="../city/#/invite">${t('office.node.invite')}</a></p>` : null}<//>
    ${at === 'waiting' ? html`<${Join} reload=${reload} />` : null}
    ${at === 'joined' || at === 'ending' ? html`<details class="more" open=${at === 'ending'}><summary>${t('office.node.again')}</summary><div class="inside"><p>${t('office.node.again.text')}</p><${Join} reload=${reload} bare /></div></details>` : null}`;
}

function Join({ reload, bare }) {
  const [code, setCode] = useState('');
  const [wrong, setWrong] = useState('');
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const submit = async (e) => {
    e.preventDefault();
    setFailed(null);
    setWrong(typed(code).length === 16 ? '' : t('office.node.code.wrong'));
    if (typed(code).length !== 16) { document.getElementById('code').focus(); return; }
    setBusy(true);
    try {
      await post('/api/cunju/join', { code: typed(code) });
      announce(t('office.node.done'));
      setCode('');
      await reload();
    } catch (err) { setFailed(err); }
    setBusy(false);
  };
  return html`<form class=${bare ? 'stack' : 'card stack'} onSubmit=${submit} novalidate aria-labelledby="join-head">
    <h2 id="join-head">${t('office.node.join')}</h2>
    <ol><li>${t('office.node.step1')}</li><li>${t('office.node.step2')}</li><li>${t('office.node.step3')}</li></ol>
    <${Fault} error=${failed} />
    <div class="narrow"><${TextField} id="code" label=${t('office.node.code')} value=${code} onText=${(text) => setCode(groups(typed(text).slice(0, 16)))} hint=${t('office.node.code.hint')} error=${wrong}
      autocapitalize="characters" spellcheck=${false} class="mono" /></div>
    <p><button type="submit" class="primary" disabled=${busy}>${t(busy ? 'office.node.busy' : 'office.node.join')}</button></p></form>`;
}

function Facts({ node }) {
  return html`<section class="card" aria-labelledby="facts-head"><h2 id="facts-head">${t('office.node.facts')}</h2><dl class="facts">
    <dt>${t('office.node.tier')}</dt><dd>${t('office.node.tier.' + node.tier)}</dd>
    <dt>${t('office.node.name')}</dt><dd>${node.name || '—'}</dd>
    <dt>${t('office.node.region')}</dt><dd>${node.region_name} <span class="mono">${node.region}</span></dd>
    ${node.tier === 'township' ? html`<dt>${t('office.node.upstream')}</dt><dd>${node.upstream || t('office.node.upstream.none')}</dd>
      <dt>${t('office.node.joined')}</dt><dd><span class=${'badge ' + (node.joined ? 'good' : 'warn')}>${t(node.joined ? 'office.node.joined.yes' : 'office.node.joined.no')}</span></dd>` : null}
    <dt>${t('office.node.until')}</dt><dd>${stamp(Date.parse(node.until)).slice(0, 10)}</dd>
    <dt>${t('office.node.install')}</dt><dd class="mono">${groups(node.install)}</dd>
    <dt>${t('office.node.epoch')}</dt><dd class="mono">${groups(node.epoch)}</dd></dl></section>`;
}
