// A paper slip between form and record: the same kinds and fields as the phone's form, entered by a clerk.
import { filled } from '../../core/service.js';
import { blank, lacking, setOf } from '../field/log-state.js';

/** What a clerk starts with: nothing is guessed but the way most work is done. @param {string} [kind] */
export function fresh(kind = '') {
  return { ...blank(kind), outcome: '', region: '', counsel: '', occurred_at: '' };
}

/** The next slip of a pile: village, counsel, kind and day stay. @param {any} values */
export function nextSlip(values) {
  const { region, counsel, kind, mode, occurred_at, place } = values;
  return { ...fresh(kind), region, counsel, mode, occurred_at, place };
}

/** A time as the form gives it, in China's zone, where the slip was written. @param {string} local 2026-11-24T09:30 */
export function timeOf(local) {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(local) ? local.slice(0, 16) + ':00+08:00' : '';
}

/** Whether a form's time lies ahead. @param {string} local @param {number} [now] */
export function ahead(local, now = Date.now()) {
  return Date.parse(timeOf(local)) > now;
}

/** What is sent: only what says something; a proposal for the topic is the phone's own matter. @param {any} values @param {any} kind @param {any} topic */
export function slipOf(values, kind, topic) {
  const { topic_suggested, ...set } = setOf({ ...values, occurred_at: timeOf(values.occurred_at) }, { region: values.region, counsel: values.counsel, kind, topic });
  return Object.fromEntries(Object.entries(set).filter(([, value]) => filled(value)));
}

/** Names of required fields that are still empty, in the order of the form. @param {any} values @param {any} kind @param {any} topic */
export function slipLacks(values, kind, topic) {
  const given = { region: values.region, counsel: values.counsel, kind, topic };
  const names = lacking({ ...values, occurred_at: timeOf(values.occurred_at) }, given);
  const order = ['region', 'counsel', 'kind', 'occurred_at', 'mode', 'client_kind', 'client_name', 'consent', 'summary', 'topic', 'title', 'advice'];
  const place = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
  // A title that is left out is the topic's name: without a topic only the topic is asked for.
  return names.filter((name) => name !== 'title' || !names.includes('topic')).sort((a, b) => place(a) - place(b));
}
