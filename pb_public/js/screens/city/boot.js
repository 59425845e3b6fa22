// The city's page.
import { html, render, useEffect, useState } from '../../../vendor/ui.js';
import { addMessages, firstLang, lang, setLang, t } from '../../i18n/i18n.js';
import * as uiTexts from '../../i18n/ui.js';
import { Live } from '../../ui/live.js';
import { go, route, startRouter } from '../../ui/router.js';
import { get } from '../office/api.js';
import { Fault, Frame, Waiting } from '../office/frame.js';
import { Login } from '../office/login.js';
import * as officeTexts from '../office/messages.js';
import { end, restore, session, watchIdle } from '../office/session.js';
import * as texts from './messages.js';
import { Overview } from './overview.js';

const PLACES = [{ name: 'overview', href: '#/overview', key: 'city.nav.overview' }, { name: 'office', href: '../office/', key: 'office.nav.office' }];
const INVITE = { name: 'invite', href: '#/invite', key: 'city.nav.invite' };
const ROLES = ['supervisor', 'admin'];

function App() {
  useEffect(() => watchIdle(), []);
  const staff = session.value && session.value.staff;
  useEffect(() => { if (staff && !ROLES.includes(staff.role)) end('city.login.role'); }, [staff]);
  if (!staff || !ROLES.includes(staff.role)) return html`<${Login} title=${t('city.login.title')} sub=${t('city.login.sub')} />`;
  return html`<${Desk} key=${staff.id} admin=${staff.role === 'admin'} /><${Live} />`;
}

// Only the city's own administrator invites; a township's node shows its overview here, too.
function Desk({ admin }) {
  const [city, setCity] = useState(false);
  useEffect(() => { if (admin) get('/api/cunju/node').then((node) => setCity(node.tier === 'city'), () => setCity(false)); }, [admin]);
  const invites = route.value.name === 'invite' && city;
  return html`<${Frame} places=${city ? [PLACES[0], INVITE, PLACES[1]] : PLACES} here=${invites ? 'invite' : 'overview'}>
    ${invites ? html`<${Later} />` : html`<${Overview} query=${route.value.query} />`}<//>`;
}

// Inviting is seldom: its page is fetched when it is opened.
function Later() {
  const [Screen, setScreen] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState(/** @type {any} */ (null));
  useEffect(() => {
    import('./invite.js').then((m) => setScreen(() => m.Invite), () => setFailed({ message: t('office.error.offline'), hint: t('office.error.offline.hint') }));
  }, []);
  if (failed) return html`<${Fault} error=${failed} onRetry=${() => location.reload()} />`;
  return Screen ? html`<${Screen} />` : html`<${Waiting} />`;
}

addMessages(uiTexts);
addMessages(officeTexts);
addMessages(texts);
setLang(firstLang(new URLSearchParams(location.search).get('lang') || undefined, navigator.languages));
restore();
startRouter();
if (!route.value.name) go('#/overview', true);
render(html`<${App} lang=${lang.value} />`, document.getElementById('app'));
