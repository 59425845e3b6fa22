// The city invites a township: a code that works once, to be told to the office's administrator.
import { html, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { Select } from '../../ui/form.js';
import { post } from '../office/api.js';
import { OnceCode } from '../office/code.js';
import { Fault, Head } from '../office/frame.js';
import { Places } from '../office/places.js';

export function Invite() {
  const [township, setTownship] = useState('');
  const [missing, setMissing] = useState(false);
  const [code, setCode] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const pick = (value) => { setMissing(false); setTownship(value); };
  const make = async (e) => {
    e.preventDefault();
    setFailed(null);
    setMissing(!township);
    if (!township) return;
    try { setCode(await post('/api/cunju/pairings', { region: township })); } catch (err) { setFailed(err); }
  };
  return html`<${Head} title=${t('city.invite.title')} sub=${t('city.invite.sub')} />
    <${Fault} error=${failed} />
    <form class="card stack narrow enlist" onSubmit=${make} novalidate aria-label=${t('city.invite.title')}>
      <${Places} level="township" onLeave=${() => pick('')}>${(options) => html`<${Select} id="township" label=${t('office.place.township')} value=${township} empty=${t('office.enlist.choose')}
        options=${options} onPick=${pick} />`}<//>
      ${missing ? html`<p class="error" role="alert">${t('city.invite.needed')}</p>` : null}
      <p><button type="submit" class="primary">${t('city.invite.make')}</button></p></form>
    ${code ? html`<${OnceCode} key=${code.code} title=${t('city.invite.for', { name: code.name })} code=${code.code} until=${code.expires_at} onClose=${() => setCode(null)}>
      <ol><li>${t('city.invite.step1')}<br /><span class="mono">upstream = ${location.origin}</span></li><li>${t('city.invite.step2')}</li><li>${t('city.invite.step3')}</li></ol><//>` : null}`;
}
