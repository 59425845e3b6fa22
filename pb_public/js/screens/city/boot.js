// The city's page.
import { html, render, useEffect } from '../../../vendor/ui.js';
import { addMessages, firstLang, lang, setLang, t } from '../../i18n/i18n.js';
import * as uiTexts from '../../i18n/ui.js';
import { Live } from '../../ui/live.js';
import { go, route, startRouter } from '../../ui/router.js';
import { Frame } from '../office/frame.js';
import { Login } from '../office/login.js';
import * as officeTexts from '../office/messages.js';
import { end, restore, session, watchIdle } from '../office/session.js';
import * as texts from './messages.js';
import { Overview } from './overview.js';

const PLACES = [{ name: 'overview', href: '#/overview', key: 'city.nav.overview' }, { name: 'office', href: '../office/', key: 'office.nav.office' }];
const ROLES = ['supervisor', 'admin'];

function App() {
  useEffect(() => watchIdle(), []);
  const staff = session.value && session.value.staff;
  useEffect(() => { if (staff && !ROLES.includes(staff.role)) end('city.login.role'); }, [staff]);
  if (!staff || !ROLES.includes(staff.role)) return html`<${Login} title=${t('city.login.title')} sub=${t('city.login.sub')} />`;
  return html`<${Frame} places=${PLACES} here="overview"><${Overview} query=${route.value.query} /><//><${Live} />`;
}

addMessages(uiTexts);
addMessages(officeTexts);
addMessages(texts);
setLang(firstLang(new URLSearchParams(location.search).get('lang') || undefined, navigator.languages));
restore();
startRouter();
if (!route.value.name) go('#/overview', true);
render(html`<${App} lang=${lang.value} />`, document.getElementById('app'));
