// One polite live region a page: what was just done is shown for a moment and read out by screen readers.
import { html, signal } from '../../vendor/ui.js';

const message = signal('');
let timer = 0;

/** Says that something happened. @param {string} text */
export function announce(text) {
  message.value = '';
  clearTimeout(timer);
  // A region that is filled in the same turn in which it was emptied is not read again.
  timer = window.setTimeout(() => {
    message.value = text;
    timer = window.setTimeout(() => { message.value = ''; }, 3500);
  }, 30);
}

/** The region itself; put it once at the end of the page. */
export function Live() {
  return html`<div class="toast" role="status" aria-live="polite">${message.value}</div>`;
}
