// Keying in a paper slip or a call, and the figures of a year.
import { html, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { announce } from '../../ui/live.js';
import { go } from '../../ui/router.js';
import { Choice, Select, TextField } from '../../ui/form.js';
import { get, post, query } from './api.js';
import { Fault, Waiting } from './frame.js';
import { usePolled } from './poll.js';
import { Table } from './ratings-parts.js';

const BLANK = { code: '', channel: '', grade: '', assisted_by: 'clerk', remark: '', phone: '' };

/** The slip's own order: code, how it came, grade, words, number. */
export function Enter() {
  const [slip, setSlip] = useState(BLANK);
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const put = (field) => (value) => setSlip({ ...slip, [field]: value });
  const send = async (e) => {
    e.preventDefault();
    if (!slip.code || !slip.channel || !slip.grade) { setFailed({ message: t('loop.enter.lacks') }); return; }
    try {
      await post('/api/office/ratings', { ...slip, grade: Number(slip.grade) });
      setSlip(BLANK);
      setFailed(null);
      announce(t('loop.enter.done'));
    } catch (err) { setFailed(err); }
  };
  return html`<form class="stack panel" onSubmit=${send}><${Fault} error=${failed} />
    <${TextField} id="code" label=${t('loop.enter.code')} hint=${t('loop.enter.hint')} value=${slip.code} onText=${put('code')} maxlength="200" />
    <${Choice} id="channel" label=${t('loop.enter.channel')} value=${slip.channel} onPick=${put('channel')} options=${['slip', 'phone'].map((value) => ({ value, label: t('loop.channel.' + value) }))} />
    <${Choice} id="grade" label=${t('loop.grade')} value=${slip.grade} onPick=${put('grade')} options=${['5', '4', '3', '2', '1'].map((value) => ({ value, label: t('loop.grade.' + value) }))} />
    <${Select} id="helper" label=${t('loop.enter.helper')} value=${slip.assisted_by} onPick=${put('assisted_by')} options=${['clerk', 'family', 'other'].map((value) => ({ value, label: t('loop.enter.helper.' + value) }))} />
    <${TextField} id="remark" label=${t('loop.remark')} value=${slip.remark} onText=${put('remark')} lines=${3} maxlength="500" optional />
    <${TextField} id="phone" label=${t('loop.phone')} value=${slip.phone} onText=${put('phone')} maxlength="30" type="tel" optional />
    <p><button type="submit" class="primary">${t('loop.enter.send')}</button></p></form>`;
}

const BY = ['village', 'counsel', 'office', 'county'];

function percent(rate) {
  return rate === null ? '–' : rate.toFixed(1) + '%';
}

/** @param {{by?: string}} props */
export function Figures({ by }) {
  const group = BY.includes(by || '') ? by : 'village';
  const { data, error, reload } = usePolled(() => get('/api/office/figures' + query({ by: group })), [group]);
  const rows = data ? data.items.map((f) => ({ key: f.key, cells: [f.name || f.key, f.counts.services,
    html`${f.counts.rated}${f.counts.rated < data.publish_from ? html` <span class="badge">${t('loop.f.small')}</span>` : null}`,
    percent(f.rates.good_rate), percent(f.rates.rated_rate), percent(f.rates.settled_rate), percent(f.rates.call_back_rate), f.counts.held, f.counts.excluded] })) : [];
  return html`<${Choice} id="by" label=${t('loop.by')} value=${group} onPick=${(value) => go('#/ratings' + query({ list: 'figures', by: value }), true)} options=${BY.map((value) => ({ value, label: t('loop.by.' + value) }))} />
    ${error ? html`<${Fault} error=${error} onRetry=${reload} />` : !data ? html`<${Waiting} />` : rows.length
    ? html`<${Table} caption=${t('loop.list.figures')} heads=${['by.' + group, 'f.services', 'f.rated', 'f.good', 'f.share', 'f.settled', 'f.called', 'f.held', 'f.excluded']} rows=${rows} />` : html`<p class="empty">${t('loop.none')}</p>`}`;
}
