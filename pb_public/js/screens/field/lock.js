// The lock: nothing of anybody is shown before the PIN. Two people on one phone each have a store of their own.
import { html, useEffect, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { Icon } from '../../ui/icon.js';
import { Note, Page } from '../../ui/page.js';
import { gate, openAs, startNew } from './app.js';

export function Lock() {
  const { people } = gate.value;
  const [who, setWho] = useState(people[0].id);
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState(false);
  const [forgot, setForgot] = useState(false);
  const person = people.find((p) => p.id === who) || people[0];
  const [until, setUntil] = useState(person.until);
  const left = useLeft(until);
  const open = async (e) => {
    e.preventDefault();
    if (!pin || busy || left) return;
    setBusy(true);
    const answer = await openAs(person.id, pin);
    if (answer.opened) return;
    setBusy(false);
    setPin('');
    setWrong(true);
    setUntil(answer.until || 0);
  };
  return html`<${Page} title=${t('lock.title')}>
    <form class="stack" onSubmit=${open}>
      <div class="hero"><img src="/icons/icon.svg" alt="" width="80" height="80" /></div>
      ${people.length > 1 ? html`<fieldset class="field"><legend>${t('lock.who')}</legend><div class="choices">${people.map((p) => html`<label class="choice" key=${p.id}>
        <input type="radio" name="who" value=${p.id} checked=${p.id === person.id} onChange=${() => { setWho(p.id); setUntil(p.until); setWrong(false); }} /><span>${p.label || t('lock.unpaired')}</span></label>`)}</div></fieldset>`
    : html`<p class="center"><b>${person.label || t('lock.unpaired')}</b></p>`}
      <div class="field"><label for="pin">${t('lock.pin')}</label>
        <input id="pin" type="password" inputmode="numeric" autocomplete="off" maxlength="64" value=${pin} onInput=${(e) => setPin(e.currentTarget.value)} aria-describedby="pin-note" /></div>
      <p id="pin-note" class=${left || wrong ? 'error' : 'muted small'} role=${left || wrong ? 'alert' : undefined}>${left ? t('lock.wait', { n: left }) : wrong ? t('lock.wrong') : t('lock.why')}</p>
      <button type="submit" class="primary big block" disabled=${busy || left > 0}><${Icon} name="check" />${busy ? t('lock.busy') : t('lock.open')}</button>
      <button type="button" class="quiet block" onClick=${() => setForgot(true)}>${t('lock.forgot')}</button>
      <button type="button" class="quiet block" onClick=${startNew}>${t('lock.other')}</button>
      ${forgot ? html`<${Note} kind="warn" alert><p>${t('lock.forgot.how')}</p>
        <button type="button" class="block" onClick=${startNew}>${t('lock.again')}</button></${Note}>` : null}
    </form></${Page}>`;
}

/** Whole seconds until a time, counted down. */
function useLeft(until) {
  const [, tick] = useState(0);
  useEffect(() => {
    if (until <= Date.now()) return undefined;
    const timer = setInterval(() => tick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [until]);
  return Math.max(Math.ceil((until - Date.now()) / 1000), 0);
}
