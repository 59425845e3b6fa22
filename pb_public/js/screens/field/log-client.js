// Who was served. Nobody has to be named: a form of address is enough, or nothing at all.
import { html } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { idNumber, phone } from '../../core/check.js';
import { clientKind } from './log-state.js';
import { Check, Choice, TextField } from '../../ui/form.js';

const KINDS = ['resident', 'anonymous', 'household', 'villagers', 'committee', 'enterprise'];

/** @param {{kind: any, values: any, set: (patch: any) => void, error: (name: string) => string}} props */
export function ClientPart({ kind, values, set, error }) {
  const known = (name) => kind.required.includes(name) || kind.optional.includes(name);
  if (!known('client_kind')) return null;
  const named = values.client_kind !== 'anonymous';
  const needed = kind.required.includes('client_name');
  const named_ = needed || values.client_name;
  return html`<${Choice} id="f-client_kind" label=${t('f.client_kind')} value=${clientKind(values, kind)} options=${KINDS.map((code) => ({ value: code, label: t('o.client_kind.' + code) }))}
      onPick=${(code) => set({ client_kind: code })} error=${error('client_kind')} optional=${!kind.required.includes('client_kind')} />
    ${named ? html`<${TextField} id="f-client_name" label=${t('f.client_name')} value=${values.client_name} onText=${(text) => set({ client_name: text })} optional=${!needed}
      hint=${t('log.name_hint')} maxlength="100" error=${error('client_name')} />` : null}
    ${named && named_ ? html`<${TextField} id="f-client_phone" label=${t('f.client_phone')} type="tel" inputmode="tel" value=${values.client_phone} onText=${(text) => set({ client_phone: text })} optional
      hint=${warning(values.client_phone, phone) || t('log.phone_hint')} maxlength="30" />` : null}
    ${named && named_ && known('client_id_no') ? html`<${TextField} id="f-client_id_no" label=${t('f.client_id_no')} value=${values.client_id_no} onText=${(text) => set({ client_id_no: text.replace(/\s/g, '').toUpperCase() })} optional
      hint=${warning(values.client_id_no, idNumber) || t('log.id_hint')} maxlength="18" />` : null}
    ${kind.required.includes('consent') ? html`<${ConsentCheck} values=${values} set=${set} />${error('consent') ? html`<p class="error">${t('log.consent_needed')}</p>` : null}` : null}`;
}

/** A number that looks wrong is pointed out and kept as typed. */
function warning(text, check) {
  if (!text) return '';
  const { ok, reason } = check(text);
  return ok ? '' : t('check.' + reason);
}

/** @param {{values: any, set: (patch: any) => void}} props */
export function ConsentCheck({ values, set }) {
  const told = values.consent || {};
  return html`<${Check} id="f-consent" label=${t('log.consent')} value=${Boolean(told.told)} hint=${t('log.consent_hint')}
    onPick=${(yes) => set({ consent: yes ? { told: true, at: new Date().toISOString(), form: 'oral', items: ['purpose', 'scope', 'period'] } : {} })} />`;
}
