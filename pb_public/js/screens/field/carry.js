// Where no network goes: the unsent as one encrypted file for the office, and the answer that is brought back.
import { html, useRef, useState } from '../../../vendor/ui.js';
import { addMessages, hasText, t } from '../../i18n/i18n.js';
import * as texts from '../../i18n/carry.js';
import { announce } from '../../ui/live.js';
import { refreshed, sync } from './app.js';
import { chinaDate } from './format.js';

addMessages(texts);

/** @param {{unsent: number}} props */
export function Carry({ unsent }) {
  const [fault, setFault] = useState('');
  const picker = useRef(/** @type {any} */ (null));
  const attempt = async (work) => {
    setFault('');
    try {
      await work();
    } catch (err) {
      const key = 'carry.' + (err.code || err.message);
      setFault(hasText(key) ? key : 'carry.unreadable');
    }
  };
  const give = () => attempt(async () => {
    const file = await sync().exportUnsent();
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([file], { type: 'application/octet-stream' }));
    link.download = `cunju-${chinaDate(Date.now())}.cunju`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    announce(t('carry.made', { n: unsent }));
  });
  const picked = (e) => {
    const [file] = e.currentTarget.files;
    e.currentTarget.value = '';
    if (file) attempt(async () => {
      const n = await sync().importAnswer(new Uint8Array(await file.arrayBuffer()));
      await refreshed();
      announce(t('carry.taken', { n }));
    });
  };
  return html`<section class="card stack"><h2>${t('carry.title')}</h2><p class="muted small">${t('carry.explain')}</p>
    ${fault ? html`<p class="error" role="alert">${t(fault)}</p>` : null}
    <input ref=${picker} id="carry-pick" type="file" hidden onChange=${picked} />
    <div class="row"><button type="button" class="grow" disabled=${!unsent} onClick=${give}>${t('carry.give')}</button>
      <button type="button" class="grow" onClick=${() => picker.current.click()}>${t('carry.take')}</button></div></section>`;
}
