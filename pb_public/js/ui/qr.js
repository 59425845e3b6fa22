// A QR code as one SVG path: sharp at any size, white border of four modules, never inverted in dark mode.
import { html } from '../../vendor/ui.js';

/** @param {{size: number, path: string, label: string}} props made by core/qr.js */
export function Qr({ size, path, label }) {
  return html`<svg class="qr" viewBox=${`0 0 ${size} ${size}`} shape-rendering="crispEdges" role="img" aria-label=${label}>
    <rect width=${size} height=${size} fill="#ffffff" /><path d=${path} fill="#000000" /></svg>`;
}
