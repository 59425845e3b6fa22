// Scanning by the browser's own detector, and only after it has read a test picture: on some phones it exists and never finds anything.
import { html, useEffect, useRef, useState } from '../../vendor/ui.js';
import { t } from '../i18n/i18n.js';

let tested = /** @type {Promise<boolean>|null} */ (null);

/** Whether scanning really works here. @param {{size: number, path: string}} sample a QR of 'CUNJU' */
export function canScan(sample) {
  if (!tested) tested = probe(sample).catch(() => false);
  return tested;
}

async function probe(sample) {
  if (!('BarcodeDetector' in window) || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return false;
  const canvas = document.createElement('canvas');
  const dots = 6;
  canvas.width = canvas.height = sample.size * dots;
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = '#000';
  pen.scale(dots, dots);
  pen.fill(new Path2D(sample.path));
  const found = await new window.BarcodeDetector({ formats: ['qr_code'] }).detect(canvas);
  return found.length > 0 && found[0].rawValue === 'CUNJU';
}

/** A camera picture that closes itself at the first code. @param {{onCode: (text: string) => void, onClose: () => void}} props */
export function Scanner({ onCode, onClose }) {
  const video = useRef(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    const run = { on: true, stream: null };
    watch(video.current, run, onCode).catch(() => setProblem(t('scan.denied')));
    return () => {
      run.on = false;
      if (run.stream) run.stream.getTracks().forEach((track) => track.stop());
    };
  }, []);
  return html`<div class="scanner card">
    ${problem ? html`<p class="note warn" role="alert">${problem}</p>` : html`<video ref=${video} muted playsinline aria-label=${t('scan.camera')}></video><p>${t('scan.hold')}</p>`}
    <button type="button" class="block" onClick=${onClose}>${t('ui.close')}</button>
  </div>`;
}

async function watch(video, run, onCode) {
  run.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  if (!run.on) {
    run.stream.getTracks().forEach((track) => track.stop());
    return;
  }
  video.srcObject = run.stream;
  await video.play();
  const detector = new window.BarcodeDetector({ formats: ['qr_code'] });
  while (run.on) {
    const [found] = await detector.detect(video);
    if (found && run.on) {
      onCode(found.rawValue);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
