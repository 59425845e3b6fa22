// The buttons under an item of the inbox that is no conflict.
import { html, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { ask } from '../../ui/dialog.js';
import { Choice } from '../../ui/form.js';
import { post } from './api.js';
import { session } from './session.js';

/** Supervisors oversee and do not decide. */
export function mayDecide() {
  return Boolean(session.value) && session.value.staff.role !== 'supervisor';
}

/** Where an action on an item goes. @param {{kind: string, id: number}} item @param {string} action */
export function pathOf(item, action) {
  return '/api/office/inbox/' + item.kind + '/' + item.id + '/' + action;
}

/** Asks for a reason; null when it was declined. @param {string} what @param {boolean} [danger] */
export function askReason(what, danger) {
  return ask({ title: t('office.inbox.' + what + '.title'), text: t('office.inbox.' + what + '.text'), yes: t('office.inbox.' + what), danger,
    input: { label: t('office.inbox.reason'), hint: t('office.inbox.reason.hint'), required: true } });
}

/** @param {{item: any, run: (work: () => Promise<any>, done: any) => void}} props */
export function Decide({ item, run }) {
  if (!mayDecide()) return null;
  if (item.kind === 'fork') return html`<${Fork} item=${item} run=${run} />`;
  const release = async () => {
    const yes = await ask({ title: t('office.inbox.release.title'), text: t('office.inbox.release.text'), yes: t('office.inbox.release') });
    if (yes !== null) run(() => post(pathOf(item, 'release'), {}), t('office.inbox.release.done'));
  };
  const dismiss = async () => {
    const reason = await askReason(item.kind === 'held' ? 'dismiss' : 'seen', item.kind === 'held');
    if (reason !== null) run(() => post(pathOf(item, 'dismiss'), { reason }), t('office.inbox.dismiss.done'));
  };
  return html`<div class="row">
    ${item.kind === 'held' ? html`<button type="button" class="primary" onClick=${release}>${t('office.inbox.release')}</button>` : null}
    <button type="button" onClick=${dismiss}>${t(item.kind === 'held' ? 'office.inbox.dismiss' : 'office.inbox.seen')}</button></div>`;
}

function Fork({ item, run }) {
  const [then, setThen] = useState('');
  const [missing, setMissing] = useState(false);
  const settle = (action) => async () => {
    setMissing(!then);
    if (!then) return;
    const reason = await ask({ title: t('office.inbox.' + action), text: t('office.inbox.' + action + '.text'), yes: t('office.inbox.' + action),
      input: { label: t('office.inbox.reason'), hint: t('office.inbox.reason.hint'), required: true } });
    if (reason !== null) run(() => post(pathOf(item, action), { reason, then }), (out) => t('office.inbox.fork.done', { a: out.applied, r: out.refused }));
  };
  return html`<${Choice} id=${'then-' + item.id} label=${t('office.inbox.then')} value=${then} onPick=${setThen} error=${missing ? t('office.inbox.then.needed') : ''}
      options=${['revoke', 'resume'].map((value) => ({ value, label: t('office.inbox.then.' + value) }))} />
    <div class="row"><button type="button" class="primary" onClick=${settle('both')}>${t('office.inbox.both')}</button>
      <button type="button" onClick=${settle('first')}>${t('office.inbox.first')}</button></div>`;
}
