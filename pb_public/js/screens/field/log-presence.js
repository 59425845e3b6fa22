// Proof of presence: one of three light ways, or none. It belongs to the visit, is never asked for twice and never compulsory.
import { html, useEffect, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { qrPath } from '../../core/qr.js';
import { Choice, TextField } from '../../ui/form.js';
import { Icon } from '../../ui/icon.js';
import { canScan, Scanner } from '../../ui/scan.js';
import { SignaturePad } from '../../ui/sign.js';
import { db, me, regionName } from './app.js';
import { openVisit, plateFor } from './log-state.js';

const KINDS = ['plate', 'clerk', 'signature', 'none'];
/** Signs of a plate's code: 18 bytes in base32. */
const PLATE_SIGNS = 29;

/** @param {{values: any, set: (patch: any) => void, detail: (name: string, value: any) => void, region: string, asked: boolean}} props asked: saving was tried */
export function PresencePart({ values, set, detail, region, asked }) {
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
      ${kind === 'plate' ? html`<${Plate} note=${note} region=${region} asked=${asked} onNote=${(text) => put({ note: text })} />` : null}
      ${kind === 'clerk' ? html`<${TextField} id="presence-note" label=${t('presence.clerk')} value=${note} onText=${(text) => put({ note: text })} maxlength="100" />` : null}
      ${kind === 'none' ? html`<${TextField} id="presence-note" label=${t('presence.reason')} value=${note} onText=${(text) => put({ note: text })} maxlength="200" optional />` : null}
      ${kind === 'signature' ? html`<${Signature} value=${values.details.client_sign} onValue=${(path) => detail('client_sign', path)} />` : null}
    </div></details>`;
}

function Plate({ note, region, asked, onNote }) {
  const [able, setAble] = useState(false);
  const [scanning, setScanning] = useState(false);
  const [refused, setRefused] = useState('');
  useEffect(() => { canScan(qrPath('CUNJU')).then(setAble); }, []);
  const why = (text) => {
    const { problem, region: other } = plateFor(text, region);
    return problem === 'other_village' ? t('presence.other_village', { name: regionName(other) }) : problem ? t('presence.not_plate') : '';
  };
  const type = (text) => { setRefused(''); onNote(text); };
  const scan = (text) => {
    setScanning(false);
    setRefused(why(text));
    if (!why(text)) onNote(plateFor(text, region).code);
  };
  // While a code is being copied by hand nothing is said until it could be whole or is to be saved.
  const typed = note && (asked || note.replace(/[\s-]/g, '').length >= PLATE_SIGNS) ? why(note) : '';
  return html`<${TextField} id="presence-note" label=${t('presence.plate')} value=${note} onText=${type} maxlength="100" hint=${t('presence.plate_hint')} error=${typed} />
    ${refused ? html`<p class="note bad" role="alert">${refused}</p>` : null}
    ${able && !scanning ? html`<button type="button" onClick=${() => { setRefused(''); setScanning(true); }}><${Icon} name="camera" />${t('presence.scan')}</button>` : null}
    ${scanning ? html`<${Scanner} onCode=${scan} onClose=${() => setScanning(false)} />` : null}`;
}

function Signature({ value, onValue }) {
  return html`<p class="label">${t('presence.sign')}</p>
    <${SignaturePad} strokes=${value || ''} label=${t('presence.sign_field')} onStrokes=${onValue} />
    <button type="button" class="quiet" onClick=${() => onValue('')}>${t('presence.sign_clear')}</button>
    <p class="hint small muted">${t('presence.sign_hint')}</p>`;
}
