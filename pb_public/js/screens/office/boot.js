// The office's page: one place that starts things, nothing happens on import elsewhere.
import { html, render, useEffect, useState } from '../../../vendor/ui.js';
import { addMessages, firstLang, lang, setLang, t } from '../../i18n/i18n.js';
import * as uiTexts from '../../i18n/ui.js';
import { DialogHost } from '../../ui/dialog.js';
import { Live } from '../../ui/live.js';
import { go, route, startRouter } from '../../ui/router.js';
import { Fault, Frame, Waiting } from './frame.js';
import { Login } from './login.js';
import * as texts from './messages.js';
import { end, restore, session, watchIdle } from './session.js';
import { Services } from './services.js';
import { Today } from './today.js';

const PLACES = [
  { name: 'today', href: '#/today', key: 'office.nav.today' },
  { name: 'services', href: '#/services', key: 'office.nav.services' },
  { name: 'inbox', href: '#/inbox', key: 'office.nav.inbox' },
  { name: 'ratings', href: '#/ratings', key: 'office.nav.ratings' },
  { name: 'desk', href: '#/desk', key: 'office.nav.desk', roles: ['officer'] },
  { name: 'documents', href: '#/documents', key: 'office.nav.documents' },
  { name: 'ledgers', href: '#/ledgers', key: 'office.nav.ledgers' },
  { name: 'laws', href: '#/laws', key: 'office.nav.laws' },
  { name: 'phones', href: '#/phones', key: 'office.nav.phones' },
  { name: 'pairing', href: '#/pairing', key: 'office.nav.pairing', roles: ['officer', 'admin'] },
  { name: 'staff', href: '#/staff', key: 'office.nav.staff' },
  { name: 'node', href: '#/node', key: 'office.nav.node', roles: ['admin'] },
  { name: 'city', href: '../city/', key: 'office.nav.city', roles: ['supervisor', 'admin'] },
];
const ROLES = ['officer', 'supervisor', 'admin'];

// What is not the first thing of the day is fetched when it is opened.
const LATER = {
  record: () => import('./record.js').then((m) => m.Record),
  ratings: () => import('./ratings.js').then((m) => m.ratings()),
  documents: () => import('./documents.js').then((m) => m.documents()),
  laws: () => import('./laws.js').then((m) => m.laws()),
  ledgers: () => import('./ledgers.js').then((m) => m.ledgers()),
  inbox: () => import('./inbox.js').then((m) => m.Inbox),
  phones: () => import('./phones.js').then((m) => m.Phones),
  pairing: () => import('./pairing.js').then((m) => m.Pairing),
  desk: () => import('./desk.js').then((m) => m.Desk),
  staff: () => import('./staff.js').then((m) => m.Staff),
  person: () => import('./staff-one.js').then((m) => m.Person),
  account: () => import('./account.js').then((m) => m.Account),
  node: () => import('./node.js').then((m) => m.Node),
};

function screen(at) {
  if (at.name === 'services') return at.args.length ? 'record' : Services;
  if (at.name === 'staff' && at.args.length) return 'person';
  return LATER[at.name] ? at.name : Today;
}

function Later({ name, ...rest }) {
  const [Screen, setScreen] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  useEffect(() => {
    LATER[name]().then((found) => setScreen(() => found), () => setFailed({ message: t('office.error.offline'), hint: t('office.error.offline.hint') }));
  }, [name]);
  if (failed) return html`<${Fault} error=${failed} onRetry=${() => location.reload()} />`;
  return Screen ? html`<${Screen} ...${rest} />` : html`<${Waiting} />`;
}

function App() {
  useEffect(() => watchIdle(), []);
  const staff = session.value && session.value.staff;
  useEffect(() => { if (staff && !ROLES.includes(staff.role)) end('office.login.role'); }, [staff]);
  if (!staff || !ROLES.includes(staff.role)) return html`<${Login} title=${t('office.login.title')} sub=${t('office.login.sub')} />`;
  const at = route.value;
  const Screen = screen(at);
  const key = at.name + '/' + at.args.join('/');
  const places = PLACES.filter((p) => !p.roles || p.roles.includes(staff.role));
  return html`<${Frame} places=${places} here=${at.name || 'today'}>
      ${typeof Screen === 'string' ? html`<${Later} key=${key} name=${Screen} args=${at.args} query=${at.query} />`
        : html`<${Screen} key=${key} args=${at.args} query=${at.query} />`}<//>
    <${DialogHost} /><${Live} />`;
}

addMessages(uiTexts);
addMessages(texts);
setLang(firstLang(new URLSearchParams(location.search).get('lang') || undefined, navigator.languages));
restore();
startRouter();
if (!route.value.name) go('#/today', true);
render(html`<${App} lang=${lang.value} />`, document.getElementById('app'));
