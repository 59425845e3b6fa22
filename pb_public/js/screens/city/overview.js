// The whole region in one month: how much, where, about what, and who is behind.
import { html, useState } from '../../../vendor/ui.js';
import { lang, t } from '../../i18n/i18n.js';
import { go } from '../../ui/router.js';
import { file, get, query } from '../office/api.js';
import { Fault, Head, Waiting } from '../office/frame.js';
import { usePolled } from '../office/poll.js';
import { save } from '../office/print.js';
import { monthOf, lagLevel, ranked } from './chart.js';
import { Bars, Course, Cross, LagTable } from './parts.js';

/** @param {{query: Record<string, string>}} props */
export function Overview({ query: asked }) {
  const month = monthOf(asked.month);
  const { data, error, reload } = usePolled(() => get('/api/city/overview' + query({ month })), [month]);
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const pick = (e) => go('#/overview' + query({ month: e.currentTarget.value }), true);
  const download = async () => {
    setFailed(null);
    try {
      const url = URL.createObjectURL(await file('/api/city/export.csv' + query({ month })));
      save(url, 'cunju-' + month + '.csv');
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    } catch (err) { setFailed(err); }
  };
  return html`
    <${Head} title=${t('city.title')} sub=${data ? data.names[data.region] + ' · ' + month : month}>
      <label class="inline"><span>${t('city.month')}</span> <input type="month" value=${month} max=${monthOf()} onChange=${pick} /></label>
      <button type="button" onClick=${download}>${t('city.csv')}</button>
      <button type="button" onClick=${() => window.print()}>${t('city.print')}</button>
    <//>
    <${Fault} error=${failed || error} onRetry=${error ? reload : undefined} />
    ${data ? html`<${Month} data=${data} month=${month} />` : error ? null : html`<${Waiting} />`}`;
}

function Month({ data, month }) {
  const name = (code) => data.names[code] || code;
  const topicName = (topic) => (lang.value === 'en' && topic.en) || topic.zh || topic.code;
  const topics = new Map(data.topics.map((x) => [x.code, topicName(x)]));
  const total = data.totals.total;
  const townships = data.below === 'township' ? data.totals.by_township : null;
  const behind = data.lag.filter((l) => lagLevel(l, data.now) !== 'good').length;
  return html`
    <div class="stats">
      <div class="card stat"><b>${total.n}</b><span>${t('city.total')}</span></div>
      <div class="card stat"><b>${total.verified}</b><span>${t('city.total.verified')}</span></div>
      <div class="card stat"><b>${total.n ? Math.round((total.verified / total.n) * 100) + '%' : '—'}</b><span>${t('city.total.share')}</span></div>
      <div class="card stat"><b>${behind}</b><span>${t('city.total.behind')}</span></div>
    </div>
    ${total.n ? html`
      <div class="two"><${Bars} id="topic-head" title=${t('city.by.topic')} rows=${ranked(data.totals.by_topic, (c) => topics.get(c) || c)} />
        <${Course} month=${month} months=${data.months} /></div>
      <${Bars} id="place-head" title=${t(townships ? 'city.by.township' : 'city.by.county')} rows=${ranked(townships || data.totals.by_county, name)} />
      <${Cross} title=${t(townships ? 'city.cross.township' : 'city.cross.county')} table=${data.totals.table} topics=${data.topics} name=${name} topicName=${topicName} />`
      : html`<div class="card empty"><p><strong>${t('city.empty')}</strong></p><p>${t('city.empty.teach')}</p></div>`}
    <${LagTable} items=${data.lag} now=${data.now} />`;
}
