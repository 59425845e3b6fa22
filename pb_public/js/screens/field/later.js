// What is not needed to draw the first screen: messages and questions, the worker, news of an update.
import { html, render } from '../../../vendor/ui.js';
import { DialogHost } from '../../ui/dialog.js';
import { Live } from '../../ui/live.js';
import { registerWorker } from '../../ui/trusted.js';
import { updateReady } from './app.js';

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
