// Choosing a place: one list a level, from the login's own region down to where the question ends.
import { html, useEffect, useState } from '../../../vendor/ui.js';
import { t } from '../../i18n/i18n.js';
import { Select } from '../../ui/form.js';
import { get, query } from './api.js';
import { Fault } from './frame.js';

/** Draws the lists above the wanted level and hands the last one to the caller, to draw as it needs.
 * @param {{level: string, onLeave: () => void, children: (options: {value: string, label: string}[]) => any}} props
 *   level: of the places asked for; onLeave: what was picked no longer stands in the list */
export function Places({ level, onLeave, children }) {
  const [lists, setLists] = useState(/** @type {any[]} */ ([]));
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  const load = async (code, depth) => {
    try {
      const { places } = await get('/api/office/lists' + query({ region: code }));
      setFailed(null);
      setLists((old) => old.slice(0, depth).concat({ places, code: '' }));
    } catch (err) { setFailed(err); }
  };
  useEffect(() => { load('', 0); }, []);
  const choose = (depth) => (code) => {
    onLeave();
    setLists((old) => old.slice(0, depth + 1).map((l, i) => (i === depth ? { ...l, code } : l)));
    if (code) load(code, depth + 1);
  };
  return html`<${Fault} error=${failed} onRetry=${() => load('', 0)} />${lists.map(({ places, code }, depth) => {
    const options = places.map((p) => ({ value: p.code, label: p.name }));
    if (places.length && places[0].level === level) return children(options);
    return html`<${Select} key=${depth} id=${'place' + depth} label=${t('office.place.' + (places.length ? places[0].level : level))} value=${code}
      empty=${t('office.enlist.choose')} options=${options} onPick=${choose(depth)} />`;
  })}`;
}
