// Proof of presence: one of three light ways, or none. It belongs to the visit, is never asked for twice and never compulsory.
import { html, useEffect, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { qrPath } from '../../core/qr.js';
import { Choice, TextField } from '../../ui/form.js';
import { Icon } from '../../ui/icon.js';
import { canScan, Scanner } from '../../ui/scan.js';
import { SignaturePad } from '../../ui/sign.js';
import { db, me } from './app.js';
import { openVisit } from './log-state.js';

const KINDS = ['plate', 'clerk', 'signature', 'none'];

/** @param {{values: any, set: (patch: any) => void, detail: (name: string, value: any) => void, region: string}} props */
export function PresencePart({ values, set, detail, region }) {
  const [known, setKnown] = useState('');
  useEffect(() => {
    openVisit(db(), region, me.value.staff.id, Date.now()).then((visit) => setKnown(visit ? visit.set.presence_kind || '' : ''));
  }, [region]);
  if (values.mode !== 'onsite') return null;
  const { kind, note } = values.presence;
  const put = (patch) => set({ presence: { ...values.presence, ...patch } });
  return html`<details class="more"><summary>${t('presence.title')} <span class="optional">${t(kind ? 'o.presence.' + kind : known ? 'presence.known' : 'ui.optional')}</span></summary>
    <div class="inside">
      <p class="muted small">${t('presence.explain')}</p>
      <${Choice} id="f-presence" label=${t('presence.how')} value=${kind} options=${KINDS.map((code) => ({ value: code, label: t('o.presence.' + code) }))} onPick=${(code) => put({ kind: code, note: '' })} />
      ${kind === 'plate' ? html`<${Plate} note=${note} onNote=${(text) => put({ note: text })} />` : null}
      ${kind === 'clerk' ? html`<${TextField} id="presence-note" label=${t('presence.clerk')} value=${note} onText=${(text) => put({ note: text })} maxlength="100" />` : null}
      ${kind === 'none' ? html`<${TextField} id="presence-note" label=${t('presence.reason')} value=${note} onText=${(text) => put({ note: text })} maxlength="200" optional />` : null}
      ${kind === 'signature' ? html`<${Signature} value=${values.details.client_sign} onValue=${(path) => detail('client_sign', path)} />` : null}
    </div></details>`;
}

function Plate({ note, onNote }) {
  const [able, setAble] = useState(false);
  const [scanning, setScanning] = useState(false);
  useEffect(() => { canScan(qrPath('CUNJU')).then(setAble); }, []);
  return html`<${TextField} id="presence-note" label=${t('presence.plate')} value=${note} onText=${onNote} maxlength="100" hint=${t('presence.plate_hint')} />
    ${able && !scanning ? html`<button type="button" onClick=${() => setScanning(true)}><${Icon} name="camera" />${t('presence.scan')}</button>` : null}
    ${scanning ? html`<${Scanner} onCode=${(text) => { onNote(text.slice(0, 100)); setScanning(false); }} onClose=${() => setScanning(false)} />` : null}`;
}

function Signature({ value, onValue }) {
  return html`<p class="label">${t('presence.sign')}</p>
    <${SignaturePad} strokes=${value || ''} label=${t('presence.sign_field')} onStrokes=${onValue} />
    <button type="button" class="quiet" onClick=${() => onValue('')}>${t('presence.sign_clear')}</button>
    <p class="hint small muted">${t('presence.sign_hint')}</p>`;
}
