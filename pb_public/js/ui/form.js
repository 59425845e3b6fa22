// Form parts. Each label names its input; hint and error are tied to it; nothing is told by colour alone.
import { html } from '../../vendor/ui.js';
import { t } from '../i18n/i18n.js';

function described(id, hint, error) {
  return [hint ? id + '-hint' : '', error ? id + '-error' : ''].filter(Boolean).join(' ') || undefined;
}

function Notes({ id, hint, error }) {
  return html`
    ${hint ? html`<p class="hint" id=${id + '-hint'}>${hint}</p>` : null}
    ${error ? html`<p class="error" id=${id + '-error'}>${error}</p>` : null}`;
}

function Label({ id, label, optional }) {
  return html`<label for=${id}>${label}${optional ? html` <span class="optional">${t('ui.optional')}</span>` : null}</label>`;
}

/** A line or several lines of text. Other properties go to the input itself.
 * @param {{id: string, label: string, value: string, onText: (text: string) => void, lines?: number, hint?: string, error?: string, optional?: boolean}} props */
export function TextField({ id, label, value, onText, lines, hint, error, optional, ...rest }) {
  const tag = lines ? 'textarea' : 'input';
  return html`<div class="field">
    <${Label} id=${id} label=${label} optional=${optional} />
    <${tag} id=${id} name=${id} rows=${lines} value=${value || ''} aria-invalid=${error ? 'true' : undefined}
      aria-describedby=${described(id, hint, error)} autocomplete="off"
      onInput=${(e) => onText(e.currentTarget.value)} ...${rest} />
    <${Notes} id=${id} hint=${hint} error=${error} />
  </div>`;
}

/** A drop-down list. @param {{id: string, label: string, value: string, options: {value: string, label: string}[], onPick: (value: string) => void, empty?: string, hint?: string, error?: string, optional?: boolean}} props */
export function Select({ id, label, value, options, onPick, empty, hint, error, optional }) {
  return html`<div class="field">
    <${Label} id=${id} label=${label} optional=${optional} />
    <select id=${id} name=${id} aria-invalid=${error ? 'true' : undefined} aria-describedby=${described(id, hint, error)}
      onChange=${(e) => onPick(e.currentTarget.value)}>
      ${empty !== undefined ? html`<option value="" selected=${!value}>${empty}</option>` : null}
      ${options.map((o) => html`<option key=${o.value} value=${o.value} selected=${o.value === value}>${o.label}</option>`)}
    </select>
    <${Notes} id=${id} hint=${hint} error=${error} />
  </div>`;
}

/** One of a few as big buttons: native radio inputs, so arrow keys and screen readers work as everywhere.
 * @param {{id: string, label: string, value: string, options: {value: string, label: string}[], onPick: (value: string) => void, hint?: string, error?: string, optional?: boolean}} props */
export function Choice({ id, label, value, options, onPick, hint, error, optional }) {
  return html`<fieldset class="field" aria-describedby=${described(id, hint, error)}>
    <legend>${label}${optional ? html` <span class="optional">${t('ui.optional')}</span>` : null}</legend>
    <div class="choices" id=${id} tabindex="-1">
      ${options.map((o) => html`<label class="choice" key=${o.value}>
        <input type="radio" name=${id} value=${o.value} checked=${o.value === value} onChange=${() => onPick(o.value)} />
        <span>${o.label}</span></label>`)}
    </div>
    <${Notes} id=${id} hint=${hint} error=${error} />
  </fieldset>`;
}

/** Any number of a few. @param {{id: string, label: string, values: string[], options: {value: string, label: string}[], onPick: (values: string[]) => void, hint?: string, optional?: boolean}} props */
export function Choices({ id, label, values, options, onPick, hint, optional }) {
  const has = new Set(values || []);
  const toggle = (value) => onPick(options.map((o) => o.value).filter((v) => (v === value ? !has.has(v) : has.has(v))));
  return html`<fieldset class="field" aria-describedby=${described(id, hint)}>
    <legend>${label}${optional ? html` <span class="optional">${t('ui.optional')}</span>` : null}</legend>
    <div class="choices">
      ${options.map((o) => html`<label class="choice" key=${o.value}>
        <input type="checkbox" name=${id} value=${o.value} checked=${has.has(o.value)} onChange=${() => toggle(o.value)} />
        <span>${o.label}</span></label>`)}
    </div>
    <${Notes} id=${id} hint=${hint} />
  </fieldset>`;
}

/** Yes or no. @param {{id: string, label: string, value: boolean, onPick: (value: boolean) => void, hint?: string}} props */
export function Check({ id, label, value, onPick, hint }) {
  return html`<div class="field"><label class="check">
      <input type="checkbox" id=${id} checked=${Boolean(value)} aria-describedby=${described(id, hint)} onChange=${(e) => onPick(e.currentTarget.checked)} />
      <span>${label}</span></label><${Notes} id=${id} hint=${hint} /></div>`;
}
