// Choosing a PIN: before a phone is paired, and once on phones that were paired before there were locks.
import { html, useState } from '../../../vendor/ui.js';
import { addMessages, t } from '../../i18n/i18n.js';
import * as texts from '../../i18n/lock.js';
import { pinFault } from '../../core/vault.js';
import { Note, Page } from '../../ui/page.js';
import { lockOld } from './app.js';

addMessages(texts);

/** Twice the same PIN. @param {{onPin: (pin: string, before: string) => Promise<any>, old?: boolean, go?: string}} props old: ask for the present one, too; onPin may answer with the key of a fault */
export function PinForm({ onPin, old, go }) {
  const [before, setBefore] = useState('');
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async (e) => {
    e.preventDefault();
    const found = pinFault(pin) || (pin === again ? '' : 'differ');
    setFault(found);
    if (found || busy) return;
    setBusy(true);
    try {
      setFault((await onPin(pin, before)) || '');
    } catch (err) {
      setFault('failed');
    } finally {
      setBusy(false);
    }
  };
  const field = (id, value, put) => html`<div class="field"><label for=${id}>${t('pin.' + id)}</label>
    <input id=${id} type="password" inputmode="numeric" autocomplete="new-password" maxlength="64" value=${value} aria-invalid=${fault ? 'true' : undefined} aria-describedby="pin-fault" onInput=${(e) => put(e.currentTarget.value)} /></div>`;
  return html`<form class="stack" onSubmit=${send} noValidate>
    ${old ? field('pin-old', before, setBefore) : null}${field('pin-new', pin, setPin)}${field('pin-again', again, setAgain)}
    <p id="pin-fault" class=${fault ? 'error' : 'muted small'} role=${fault ? 'alert' : undefined}>${t(fault ? 'pin.' + fault : 'pin.hint')}</p>
    <button type="submit" class="primary big block" disabled=${busy}>${busy ? t('pin.busy') : go || t('pin.go')}</button></form>`;
}

/** A phone that was paired before there were locks. */
export default function ChoosePin() {
  return html`<${Page} title=${t('pin.title')}><div class="stack">
    <${Note}><p>${t('pin.old_store')}</p></${Note}><${PinForm} onPin=${lockOld} /></div></${Page}>`;
}
