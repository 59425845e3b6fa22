// A field to sign in with a finger. Strokes are kept as short integer paths, a few hundred bytes, not as a picture.
import { html, useEffect, useRef } from '../../vendor/ui.js';

const WIDE = 600;
const HIGH = 240;
const STEP = 4;

/** Draws strokes such as 'M10 20L30 40' on a 600 × 240 field. */
export function SignatureView({ strokes, label }) {
  return html`<svg class="signature" viewBox=${`0 0 ${WIDE} ${HIGH}`} role="img" aria-label=${label}>
    <path d=${strokes} fill="none" stroke="#111111" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" /></svg>`;
}

/** @param {{strokes: string, label: string, max?: number, onStrokes: (strokes: string) => void}} props */
export function SignaturePad({ strokes, label, onStrokes, max }) {
  const box = useRef(null);
  const state = useRef({ path: strokes || '', last: null });
  useEffect(() => { state.current.path = strokes || ''; }, [strokes]);

  const point = (e) => {
    const r = box.current.getBoundingClientRect();
    return [Math.round(((e.clientX - r.left) / r.width) * WIDE), Math.round(((e.clientY - r.top) / r.height) * HIGH)];
  };
  const draw = () => box.current.querySelector('path').setAttribute('d', state.current.path);
  const down = (e) => {
    e.preventDefault();
    box.current.setPointerCapture(e.pointerId);
    state.current.last = point(e);
    state.current.path += 'M' + state.current.last.join(' ');
  };
  const move = (e) => {
    const s = state.current;
    if (!s.last || s.path.length > (max || 6000)) return;
    const p = point(e);
    if (Math.abs(p[0] - s.last[0]) + Math.abs(p[1] - s.last[1]) < STEP) return;
    s.last = p;
    s.path += 'L' + p.join(' ');
    draw();
  };
  const up = () => {
    if (!state.current.last) return;
    state.current.last = null;
    onStrokes(state.current.path);
  };
  return html`<svg ref=${box} class="signature pad" viewBox=${`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" role="img" aria-label=${label}
    onPointerDown=${down} onPointerMove=${move} onPointerUp=${up} onPointerCancel=${up}>
    <path d=${strokes || ''} fill="none" stroke="#111111" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" /></svg>`;
}
