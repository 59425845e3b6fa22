// What still waits on this phone, what was refused and why, and how the line, the clock and the space stand.
import { html } from '../../../vendor/ui.js';
import { addMessages, hasText, t } from '../../i18n/i18n.js';
import * as texts from '../../i18n/field-more.js';
import * as labels from '../../i18n/labels.js';
import { markSeen } from '../../store/changes.js';
import { getView } from '../../store/views.js';
import { Icon } from '../../ui/icon.js';
import { Empty, Note, Page } from '../../ui/page.js';
import { db, me, refreshed, regionName, status, sync, useStored, waiting } from './app.js';
import { Carry } from './carry.js';
import { Lane } from './files.js';
import { ago, moment } from './format.js';
import { Problem } from './record.js';

addMessages(texts);
addMessages(labels);

export default function Sync() {
  const now = Date.now();
  const { unsent, oldest, problems } = waiting.value;
  const { running, error, hint, lastOk } = status.value;
  const facts = useStored(() => readFacts(), []);
  const exchange = () => { if (sync()) sync().now(); };
  return html`<${Page} title=${t('sync.title')}>
    <div class="stack">
      ${me.value.state !== 'active' ? html`<${Note} kind="bad" alert title=${t('state.' + me.value.state)}><p>${t('state.' + me.value.state + '.hint')}</p></${Note}>` : null}
      <section class="card stack">
        <p class="stat"><b>${unsent}</b><span>${unsent ? t('sync.unsent', { age: ago(oldest, now) }) : t('sync.none')}</span></p>
        <p class="muted" role="status">${running ? t('sync.running') : error ? explain(error, hint) : lastOk ? t('sync.ok', { age: ago(lastOk, now) }) : t('sync.not_yet')}</p>
        <button type="button" class="primary big block" disabled=${running} onClick=${exchange}><${Icon} name="sync" />${t('sync.now')}</button>
        <p class="muted small">${t('sync.promise')}</p>
      </section>
      ${problems.length ? html`<h2>${t('sync.problems')}</h2><${Rows} changes=${problems} problem />` : null}
      <h2>${t('sync.waiting')}</h2>
      ${unsent ? html`<${Rows} changes=${waiting.value.waiting.slice().reverse().slice(0, 50)} />` : html`<${Empty}><p>${t('sync.empty')}</p></${Empty}>`}
      <${Lane} />
      <${Carry} unsent=${unsent} />
      ${facts ? html`<section class="card"><h2>${t('sync.facts')}</h2><${Facts} facts=${facts} now=${now} /></section>` : null}
    </div></${Page}>`;
}

/** Words for why an exchange did not happen. */
function explain(code, hint) {
  const key = 'line.' + code;
  return hasText(key) ? t(key) : t('line.other', { code }) + (hint ? ' ' + hint : '');
}

async function readFacts() {
  const clock = sync() ? await sync().clock() : { offset: 0, contact: 0 };
  const estimate = navigator.storage && navigator.storage.estimate ? await navigator.storage.estimate() : null;
  const persisted = navigator.storage && navigator.storage.persisted ? await navigator.storage.persisted() : null;
  return { clock, used: estimate ? estimate.usage : null, persisted };
}

function Facts({ facts, now }) {
  const minutes = Math.round(facts.clock.offset / 60000);
  const clock = !facts.clock.contact ? t('sync.clock_unknown') : minutes === 0 ? t('sync.clock_right') : t(minutes > 0 ? 'sync.clock_slow' : 'sync.clock_fast', { n: Math.abs(minutes) });
  return html`<dl class="facts">
    <dt>${t('sync.contact')}</dt><dd>${facts.clock.contact ? moment(facts.clock.contact) + '（' + ago(facts.clock.contact - facts.clock.offset, now) + '）' : t('sync.never')}</dd>
    <dt>${t('sync.clock')}</dt><dd>${clock}</dd>
    <dt>${t('sync.space')}</dt><dd>${facts.used === null ? t('sync.unknown') : (facts.used / 1048576).toFixed(1) + ' MB'}</dd>
    <dt>${t('sync.persisted')}</dt><dd>${facts.persisted === null ? t('sync.unknown') : t(facts.persisted ? 'sync.kept' : 'sync.not_kept')}</dd>
  </dl>`;
}

/** Changes with the records they are about. */
function Rows({ changes, problem }) {
  const ids = changes.map((c) => c.seq).join();
  const rows = useStored(() => Promise.all(changes.map(async (c) => {
    const k = c.recs.find((x) => x.startsWith('services/')) || c.recs[0];
    return { change: c, k, view: await getView(db(), k) };
  })), [ids]);
  if (!rows) return null;
  const seen = async (seq) => { await markSeen(db(), seq); await refreshed(); };
  return html`<ul class="list">${rows.map(({ change, k, view }) => html`<li key=${change.seq}>
    <div class="item"><span class="grow"><b>${(view && view.set.title) || t('kind_of.' + k.split('/')[0])}</b><br /><span class="muted small">${view ? regionName(view.region) + ' · ' : ''}${moment(change.at)} · ${ago(change.at, Date.now())}</span></span>
      ${k.startsWith('services/') && view ? html`<a class="btn" href=${'#/record/' + k.split('/')[1]}>${t('sync.open')}</a>` : null}</div>
    ${problem ? html`<div class="inside"><${Problem} verdict=${change.verdict} /><button type="button" class="quiet" onClick=${() => seen(change.seq)}>${t('sync.seen')}</button></div>` : null}
  </li>`)}</ul>`;
}
