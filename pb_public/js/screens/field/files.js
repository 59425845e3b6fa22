// Photos and voice notes of a record: add, see how far each has come. None is ever compulsory.
import { html, useRef, useState } from '../../../vendor/ui.js';
import { addMessages, t } from '../../i18n/i18n.js';
import * as texts from '../../i18n/files.js';
import { addFile, listFiles, MAX_FILE } from '../../store/files.js';
import { Check } from '../../ui/form.js';
import { Icon } from '../../ui/icon.js';
import { announce } from '../../ui/live.js';
import { canRecord, recordVoice, roomFor, smallPhoto } from '../../ui/media.js';
import { db, lane, me, refreshed, sync, useStored } from './app.js';
import { setSetting, setting } from './look.js';

addMessages(texts);

const kb = (bytes) => Math.max(Math.round(bytes / 1024), 1);

/** The card on a record. @param {{service: string, region: string, mine: boolean}} props */
export function Files({ service, region, mine }) {
  const files = useStored(() => listFiles(db(), service), [service]);
  const [original, setOriginal] = useState(false);
  const [trouble, setTrouble] = useState('');
  const [voice, setVoice] = useState(/** @type {any} */ (null));
  const picker = useRef(/** @type {any} */ (null));
  const keep = async (make) => {
    setTrouble('');
    try {
      const { bytes, ...rest } = await make();
      if (bytes.length > MAX_FILE) { setTrouble('too_big'); return; }
      if (!(await roomFor(bytes.length))) { setTrouble('full'); return; }
      await addFile(db(), { bytes, ...rest, region, service, by: me.value.staff.id, ms: Date.now() });
      announce(t('files.kept'));
      if (sync()) sync().saved();
      await refreshed();
    } catch (err) {
      setTrouble(err.name === 'QuotaExceededError' ? 'full' : 'failed');
    }
  };
  const picked = (e) => {
    const [file] = e.currentTarget.files;
    e.currentTarget.value = '';
    if (!file) return;
    const kept = original && /^image\/(jpeg|png)$/.test(file.type);
    keep(async () => (kept ? { bytes: new Uint8Array(await file.arrayBuffer()), kind: 'photo', mime: file.type, name: file.name.slice(0, 200) }
      : { bytes: await smallPhoto(file), kind: 'photo', mime: 'image/jpeg', name: '' }));
  };
  const record = async () => {
    try {
      const recording = await recordVoice();
      setVoice(recording);
      keep(async () => ({ ...(await recording.done), kind: 'audio', name: '' })).then(() => setVoice(null));
    } catch (err) {
      setTrouble('voice_no');
    }
  };
  if (!files || (!files.length && !mine)) return null;
  return html`<section class="card stack" aria-labelledby="files"><h2 id="files">${t('files.all')}</h2>
    <${FileList} files=${files} />
    ${trouble ? html`<p class="error" role="alert">${t('files.' + trouble)}</p>` : null}
    ${mine ? html`<p class="muted small">${t('files.explain')}</p>
      <${Check} id="files-original" label=${t('files.original')} value=${original} onPick=${setOriginal} />
      <input ref=${picker} id="files-pick" type="file" accept="image/*" capture="environment" hidden onChange=${picked} />
      <div class="row"><button type="button" class="grow" onClick=${() => picker.current.click()}><${Icon} name="camera" />${t('files.add_photo')}</button>
        ${voice ? html`<button type="button" class="grow danger" onClick=${voice.stop}>${t('files.stop')}</button>`
    : canRecord() ? html`<button type="button" class="grow" onClick=${record}>${t('files.record')}</button>` : null}</div>
      ${voice ? html`<p role="status">${t('files.recording')}</p>` : null}` : null}
  </section>`;
}

/** Each file with its state in words and, while it goes, how much has gone. @param {{files: import('../../store/files.js').FileRow[]}} props */
export function FileList({ files }) {
  if (!files.length) return html`<p class="muted small">${t('files.none')}</p>`;
  const moving = lane.value;
  return html`<ul class="list">${files.map((f) => {
    const sent = moving.hash === f.hash ? moving.sent : f.sent;
    return html`<li key=${f.hash}><div class="item"><span class="grow"><b>${t('files.' + f.kind)}</b> <span class="muted small">${t('files.bytes', { kb: kb(f.size) })}</span><br />
      <span class="small">${f.state === 'waiting' && sent ? t('files.progress', { done: kb(sent), size: kb(f.size) }) : t('files.' + f.state)}</span></span>
      ${f.state === 'waiting' ? html`<progress max=${f.size} value=${sent} aria-label=${t('files.waiting')}></progress>` : null}</div></li>`;
  })}</ul>`;
}

/** What waits of all records, and how uploads are to go. For the sync page. */
export function Lane() {
  const files = useStored(() => listFiles(db()), []);
  const [, redraw] = useState(0);
  const put = (name, value) => { setSetting(name, value); redraw((n) => n + 1); if (sync()) sync().now(); };
  if (!files || !files.length) return null;
  const paused = setting('uploads') === 'paused';
  const known = 'connection' in navigator && Boolean(/** @type {any} */ (navigator).connection.type);
  return html`<section class="card stack"><h2>${t('files.all')}</h2>
    ${lane.value.why ? html`<p role="status" class="muted">${t('files.why_not.' + lane.value.why)}</p>` : null}
    <${FileList} files=${files.filter((f) => f.state !== 'here').slice(0, 50)} />
    <${Check} id="lane-wifi" label=${t('files.wifi')} value=${setting('wifi') === 'only'} onPick=${(on) => put('wifi', on ? 'only' : '')} hint=${known ? undefined : t('files.wifi_unknown')} />
    <button type="button" class="block" onClick=${() => put('uploads', paused ? '' : 'paused')}>${t(paused ? 'files.resume' : 'files.pause')}</button></section>`;
}
