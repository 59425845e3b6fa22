// What is not needed to draw the first screen: messages and questions, the worker, news of an update.
import { html, render } from '../../../vendor/ui.js';
import { DialogHost } from '../../ui/dialog.js';
import { Live } from '../../ui/live.js';
import { registerWorker } from '../../ui/trusted.js';
import { gate, lock, updateReady } from './app.js';
import { setting } from './look.js';

const HOUR = 3600000;

function Hosts() {
  return html`<${Live} /><${DialogHost} />`;
}

/** Puts the hosts beside the app, where a change of screen does not touch them, and starts the worker. */
export function startHosts() {
  const place = document.createElement('div');
  document.body.append(place);
  render(html`<${Hosts} />`, place);
  startWorker().catch(() => {});
  watchIdle();
}

async function startWorker() {
  const registration = await registerWorker('/field/');
  if (!registration) return;
  navigator.serviceWorker.addEventListener('message', (e) => { if (e.data === 'ready') updateReady.value = true; });
  const check = () => {
    if (registration.active) registration.active.postMessage('check');
  };
  check();
  setInterval(check, HOUR);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') check(); });
}

/** Minutes without a touch after which the phone locks itself. */
const IDLE = 10;

/** Locks when nobody has touched the screen for a while, also when the page lay hidden meanwhile. */
function watchIdle() {
  let touched = Date.now();
  const touch = () => { touched = Date.now(); };
  for (const event of ['pointerdown', 'keydown', 'input', 'scroll']) window.addEventListener(event, touch, { passive: true, capture: true });
  const look = () => {
    const away = Date.now() - touched;
    // A clock that was set back must not keep the phone open for ever.
    if (gate.value.state === 'open' && (away > (Number(setting('lock')) || IDLE) * 60000 || away < -60000)) lock();
  };
  setInterval(look, 5000);
  document.addEventListener('visibilitychange', look);
}
