// One record in full: what was done, the proofs, the resident's word, its history; verify, return, print.
import { html, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { ask } from '../../ui/dialog.js';
import { back } from '../../ui/router.js';
import { announce } from '../../ui/live.js';
import { get, post } from './api.js';
import { Fault, Head, Waiting } from './frame.js';
import { named } from './format.js';
import { usePolled } from './poll.js';
import { printSheet } from './print.js';
import { Attached, Facts, History, Ratings, Texts, Visit } from './record-parts.js';
import { Marks, StateBadge } from './table.js';

/** @param {{args: string[]}} props */
export function Record({ args }) {
  const id = args[0];
  const path = '/api/office/services/' + encodeURIComponent(id);
  const { data, error, reload } = usePolled(() => get(path), [id]);
  const [full, setFull] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  // One place for all that the buttons do: the server's word is shown, the record is read again.
  const run = async (work, done) => {
    setFailed(null);
    try {
      await work();
      if (done) announce(done);
      await reload();
    } catch (err) { setFailed(err); }
  };
  if (!data) return html`<${Head} title=${t('office.record.title')} /><p><a href="#/services">${t('office.record.back')}</a></p>
    ${error ? html`<${Fault} error=${error} onRetry=${reload} />` : html`<${Waiting} />`}`;
  const s = data.service;
  return html`
    <${Head} title=${s.title || t('office.untitled')} sub=${named(s, 'kind') + ' · ' + (s.no || s.device_no || t('office.record.unnumbered'))}>
      <${Actions} data=${data} path=${path} run=${run} full=${full} onFull=${setFull} />
    <//>
    <p class="no-print row"><a href="#/services" onClick=${toList}>${t('office.record.back')}</a><${StateBadge} state=${s.state} /><${Marks} marks=${s.marks} />
      ${s.secrecy !== 'normal' ? html`<span class="badge warn">${t('office.secrecy.' + s.secrecy)}</span>` : null}</p>
    <${Fault} error=${failed || error} />
    ${s.return_reason ? html`<div class="note warn"><h2>${t('office.record.reason')}</h2><p>${s.return_reason}</p></div>` : null}
    <div class="columns"><div class="stack">
      <${Facts} s=${s} full=${full} /><${Texts} s=${s} full=${full} />
    </div><div class="stack">
      <${Visit} visit=${data.visit} /><${Attached} attachments=${data.attachments} documents=${data.documents} />
      <${Ratings} ratings=${data.ratings} full=${full} onRead=${() => run(() => post(path + '/read', {}))} />
    </div></div>
    <${History} lines=${data.history} />`;
}

// Back to the list as it was, filters and place included.
function toList(e) {
  e.preventDefault();
  back('#/services');
}

function Actions({ data, path, run, full, onFull }) {
  const may = data.may;
  const s = data.service;
  const reveal = async () => {
    if (full) { onFull(null); return; }
    const purpose = await ask({ title: t('office.reveal.title'), text: t('office.reveal.text'), yes: t('office.reveal.yes'),
      input: { label: t('office.reveal.purpose'), hint: t('office.reveal.hint'), required: true } });
    if (purpose !== null) run(async () => onFull(await post(path + '/reveal', { purpose })));
  };
  const verify = async () => {
    const yes = await ask({ title: t('office.verify.title'), text: t('office.verify.text'), yes: t('office.verify.yes') });
    if (yes !== null) run(() => post(path + '/verify', {}), t('office.verify.done'));
  };
  const withReason = (what, danger) => async () => {
    const reason = await ask({ title: t('office.' + what + '.title'), text: t('office.' + what + '.text'), yes: t('office.' + what + '.yes'), danger,
      input: { label: t('office.' + what + '.reason'), hint: t('office.' + what + '.hint'), required: true } });
    if (reason !== null) run(() => post(path + '/' + what, { reason }), t('office.' + what + '.done'));
  };
  return html`
    ${may.verify ? html`<button type="button" class="primary" onClick=${verify}>${t('office.verify')}</button>` : null}
    ${may.return ? html`<button type="button" onClick=${withReason('return', false)}>${t('office.return')}</button>` : null}
    <button type="button" aria-pressed=${full ? 'true' : 'false'} onClick=${reveal}>${t(full ? 'office.reveal.hide' : 'office.reveal')}</button>
    <button type="button" onClick=${() => run(() => printSheet(path + '/sheet.pdf', s.no || s.id))}>${t('office.print')}</button>
    ${may.void ? html`<button type="button" class="danger" onClick=${withReason('void', true)}>${t('office.void')}</button>` : null}`;
}
