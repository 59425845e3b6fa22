// All records of the office's region, filtered. The filters are the address: a list can be kept as a bookmark.
import { html, useEffect, useState } from '../../../vendor/ui.js';
import { lang, t } from '../../i18n/i18n.js';
import { Select, TextField } from '../../ui/form.js';
import { go } from '../../ui/router.js';
import { get, query } from './api.js';
import { Fault, Head, Waiting } from './frame.js';
import { usePolled } from './poll.js';
import { ServiceTable } from './table.js';

const STATES = ['submitted', 'returned', 'verified', 'draft', 'voided'];
const FILTERS = ['state', 'kind', 'region', 'from', 'to', 'q', 'bad'];

/** Only what the address says and we know. @param {Record<string, string>} asked */
export function filtersOf(asked) {
  /** @type {Record<string, string>} */
  const filters = {};
  for (const name of FILTERS) if (asked[name]) filters[name] = asked[name];
  return filters;
}

/** @param {{query: Record<string, string>}} props */
export function Services({ query: asked }) {
  const filters = filtersOf(asked);
  const key = query(filters);
  const [lists, setLists] = useState(/** @type {any} */ (null));
  const [older, setOlder] = useState({ key, items: /** @type {any[]} */ ([]), next: '', error: null });
  useEffect(() => { get('/api/office/lists').then(setLists, () => setLists({ places: [], kinds: [] })); }, []);
  const { data, error, reload } = usePolled(() => get('/api/office/services' + key), [key]);
  const change = (name, value) => go('#/services' + query({ ...filters, [name]: value }), true);
  const more = older.key === key ? older : { key, items: [], next: '', error: null };
  const next = more.items.length ? more.next : data && data.next;
  const loadMore = async () => {
    try {
      const page = await get('/api/office/services' + query({ ...filters, cursor: next }));
      setOlder({ key, items: more.items.concat(page.items), next: page.next, error: null });
    } catch (err) { setOlder({ ...more, error: err }); }
  };
  return html`
    <${Head} title=${t('office.services.title')} sub=${data ? data.region.name : ''} />
    <${Filters} filters=${filters} lists=${lists} onChange=${change} />
    <${Fault} error=${error} onRetry=${reload} />
    ${data ? html`<${Result} data=${data} items=${merge(data.items, more.items)} filters=${filters} next=${next} onMore=${loadMore} />` : error ? null : html`<${Waiting} />`}
    <${Fault} error=${more.error} />`;
}

/** The first page is asked again and again; a record that moved must not stand twice. @param {any[]} first @param {any[]} rest */
export function merge(first, rest) {
  const seen = new Set(first.map((s) => s.id));
  return first.concat(rest.filter((s) => !seen.has(s.id)));
}

function Result({ data, items, filters, next, onMore }) {
  if (!items.length) {
    const some = Object.keys(filters).length > 0;
    return html`<div class="card empty"><p><strong>${t(some ? 'office.services.none' : 'office.services.empty')}</strong></p>
      <p>${t(some ? 'office.services.none.teach' : 'office.services.empty.teach')}</p>
      ${data.capped ? html`<p>${t('office.services.capped')}</p>` : null}
      ${some ? html`<p class="row center"><a class="btn" href="#/services">${t('office.services.clear')}</a></p>` : null}</div>`;
  }
  return html`<div class="row between"><p class="small muted" role="status">${t(next ? 'office.services.more' : 'office.services.all', { n: items.length })}</p>
      <p class="small muted no-print keys">${t('office.keys')}</p></div>
    <${ServiceTable} items=${items} caption=${t('office.services.title')} places=${data.region.level !== 'township'} />
    ${data.capped ? html`<p class="small muted">${t('office.services.capped')}</p>` : null}
    ${next ? html`<p class="row center"><button type="button" onClick=${onMore}>${t('office.services.older')}</button></p>` : null}`;
}

function Filters({ filters, lists, onChange }) {
  const [q, setQ] = useState('');
  useEffect(() => { setQ(filters.q || ''); }, [filters.q]);
  const search = (e) => { e.preventDefault(); onChange('q', q.trim()); };
  const kinds = lists ? lists.kinds.map((k) => ({ value: k.code, label: lang.value === 'en' ? k.name_en : k.name })) : [];
  const places = lists ? lists.places.map((p) => ({ value: p.code, label: p.name })) : [];
  return html`<form class="filters card no-print" role="search" onSubmit=${search} aria-label=${t('office.filters')}>
    <${TextField} id="q" type="search" label=${t('office.filter.q')} value=${q} onText=${(text) => { setQ(text); if (!text && filters.q) onChange('q', ''); }} placeholder=${t('office.filter.q.hint')} maxlength="60" />
    <${Select} id="state" label=${t('office.filter.state')} value=${filters.state || ''} empty=${t('office.filter.any')} onPick=${(v) => onChange('state', v)}
      options=${STATES.map((s) => ({ value: s, label: t('office.state.' + s) }))} />
    <${Select} id="kind" label=${t('office.filter.kind')} value=${filters.kind || ''} empty=${t('office.filter.any')} onPick=${(v) => onChange('kind', v)} options=${kinds} />
    <${Select} id="region" label=${t('office.filter.place')} value=${filters.region || ''} empty=${t('office.filter.any')} onPick=${(v) => onChange('region', v)} options=${places} />
    <${TextField} id="from" type="date" label=${t('office.filter.from')} value=${filters.from || ''} onText=${(v) => onChange('from', v)} />
    <${TextField} id="to" type="date" label=${t('office.filter.to')} value=${filters.to || ''} onText=${(v) => onChange('to', v)} />
    ${filters.bad ? html`<button type="button" class="chip" aria-pressed="true" aria-label=${t('office.filter.bad.off')} onClick=${() => onChange('bad', '')}>${t('office.filter.bad')} ✕</button>` : null}
    <button type="submit" class="primary">${t('office.filter.search')}</button>
  </form>`;
}
