// Pairing: a code from the office, typed, scanned, or brought by the address. Works once for each code.
import { html, useEffect, useState } from '../../../vendor/ui.js';
import { lang, setLang, t, addMessages } from '../../i18n/i18n.js';
import * as texts from '../../i18n/field-more.js';
import { qrPath } from '../../core/qr.js';
import { pairingCode } from '../../sync/enrol.js';
import { TextField } from '../../ui/form.js';
import { Icon } from '../../ui/icon.js';
import { Note, Page } from '../../ui/page.js';
import { announce } from '../../ui/live.js';
import { canScan, Scanner } from '../../ui/scan.js';
import { go } from '../../ui/router.js';
import { beginNew, evicted, gate, me, syncReady } from './app.js';
import { PinForm } from './pin.js';
import { setSetting } from './look.js';

addMessages(texts);

/** The code in what a QR says: an address that ends in /pair/CODE, or the code alone. @param {string} text */
export function codeFrom(text) {
  const found = /\/pair\/([^/?#]+)/.exec(text);
  let code = found ? found[1] : text;
  try { code = decodeURIComponent(code); } catch (err) { /* not an escaped text */ }
  return pairingCode(code);
}

/** In groups of four while it is typed. @param {string} text */
export function inGroups(text) {
  return text.normalize('NFKC').toUpperCase().replace(/[^0-9A-Z]/g, '').slice(0, 16).replace(/(.{4})(?=.)/g, '$1-');
}

export default function Pair({ args, query }) {
  const brought = args[0] ? codeFrom(args[0]) : '';
  const [text, setText] = useState(inGroups(brought || ''));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(/** @type {{title: string, text: string}|null} */ (null));
  const [scanner, setScanner] = useState('no');
  const [step, setStep] = useState('code');
  const secure = window.isSecureContext && Boolean(window.crypto && crypto.subtle);
  useEffect(() => { canScan(qrPath('CUNJU')).then((able) => setScanner(able ? 'can' : 'no')); }, []);

  const pair = async (typed) => {
    const code = pairingCode(typed);
    if (!code) { setProblem({ title: t('pair.not_16'), text: t('pair.not_16.hint') }); return; }
    setProblem(null);
    if (gate.value.state === 'new') { setStep('pin'); return; }
    await enrol(code);
  };
  const enrol = async (code) => {
    setBusy(true);
    try {
      await (await syncReady()).enrol(code);
      announce(t('pair.done'));
      go('#/today', true);
    } catch (err) {
      const known = ['pairing_wrong', 'pairing_used', 'pairing_expired', 'pairing_tries', 'offline', 'not_ours', 'no_villages'].includes(err.code);
      const key = known ? err.code : err.kind === 'busy' ? 'busy' : 'other';
      setProblem({ title: t('pair.' + key), text: (err.more && err.more.hint) || t('pair.' + key + '.hint') });
    } finally {
      setBusy(false);
    }
  };
  const scanned = (found) => {
    setScanner('can');
    const code = codeFrom(found);
    setText(inGroups(code));
    if (code) pair(code);
    else setProblem({ title: t('pair.not_16'), text: t('pair.not_16.hint') });
  };

  if (step === 'pin') {
    const chosen = async (pin) => {
      await beginNew(pin);
      setStep('code');
      await enrol(pairingCode(text));
    };
    return html`<${Page} title=${t('pin.title')} key="pin"><div class="stack"><p>${t('pair.pin')}</p><${PinForm} onPin=${chosen} /></div></${Page}>`;
  }
  return html`<${Page} key="code" title=${t('pair.title')} action=${html`<button type="button" class="quiet" lang=${lang.value === 'en' ? 'zh' : 'en'} onClick=${otherLanguage}>${lang.value === 'en' ? '中文' : 'English'}</button>`}>
    <div class="stack">
      <div class="hero"><img src="/icons/icon.svg" alt="" width="80" height="80" /></div>
      ${query && query.wiped ? html`<${Note} kind="warn" alert><p><strong>${t('pair.wiped')}</strong></p><p>${t('pair.wiped.hint')}</p></${Note}>` : evicted.value ? html`<${Note} kind="bad" alert><p><strong>${t('pair.evicted')}</strong></p><p>${t('pair.evicted.hint')}</p></${Note}>` : null}
      ${me.value ? html`<${Note} kind="warn"><p>${t('pair.again', { name: me.value.staff.name })}</p></${Note}>` : html`<p>${t('pair.intro')}</p>`}
      ${secure ? null : html`<${Note} kind="bad" alert title=${t('pair.insecure')}><p>${t('pair.insecure.hint')}</p></${Note}>`}
      ${problem ? html`<${Note} kind="bad" alert title=${problem.title}><p>${problem.text}</p></${Note}>` : null}
      <form class="stack" onSubmit=${(e) => { e.preventDefault(); pair(text); }} noValidate>
        <div class="big-code"><${TextField} id="pair-code" label=${t('pair.code')} hint=${t('pair.code.hint')} value=${text} onText=${(typed) => setText(inGroups(typed))}
          maxlength="24" inputmode="text" autocapitalize="characters" spellcheck=${false} disabled=${!secure} /></div>
        <button type="submit" class="primary big block" disabled=${busy || !secure}>${busy ? t('pair.busy') : t('pair.go')}</button>
      </form>
      ${scanner === 'can' && secure ? html`<button type="button" class="block" onClick=${() => setScanner('on')}><${Icon} name="camera" />${t('pair.scan')}</button>` : null}
      ${scanner === 'on' ? html`<${Scanner} onCode=${scanned} onClose=${() => setScanner('can')} />` : null}
      <p class="muted small">${t('pair.privacy')}</p>
    </div></${Page}>`;
}

function otherLanguage() {
  const next = lang.value === 'en' ? 'zh' : 'en';
  setSetting('lang', next);
  setLang(next);
}
