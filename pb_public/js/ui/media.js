// Pictures made small before they are kept, and voice notes. What a camera writes beside the picture (place, device, owner) is left behind.

/** What a photo may weigh. */
export const PHOTO_BYTES = 300 * 1024;
const SIDE = 1280;
/** Longest voice note. */
export const VOICE_MS = 3 * 60000;

/** A picture drawn anew: JPEG, at most 1280 pixels a side and 300 KB, nothing but the picture. @param {Blob} file @returns {Promise<Uint8Array>} */
export async function smallPhoto(file) {
  const image = await createImageBitmap(file, { imageOrientation: 'from-image' });
  let scale = Math.min(1, SIDE / Math.max(image.width, image.height));
  try {
    for (;;) {
      for (const quality of [0.7, 0.5]) {
        const blob = await drawn(image, scale, quality);
        if (blob.size <= PHOTO_BYTES) return new Uint8Array(await blob.arrayBuffer());
      }
      scale *= 0.7;
    }
  } finally {
    image.close();
  }
}

function drawn(image, scale, quality) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(Math.round(image.width * scale), 1);
  canvas.height = Math.max(Math.round(image.height * scale), 1);
  const pen = canvas.getContext('2d');
  if (!pen) return Promise.reject(new Error('canvas'));
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return /** @type {Promise<Blob>} */ (new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('canvas'))), 'image/jpeg', quality)));
}

/** Room that stays free for text when photos have filled a phone: years of records. */
const RESERVE = 20 * 1024 * 1024;

/** Whether so many bytes may be kept and text still has room. Where the browser does not tell, it is tried. @param {number} bytes */
export async function roomFor(bytes) {
  if (!navigator.storage || !navigator.storage.estimate) return true;
  const { quota, usage } = await navigator.storage.estimate();
  return quota === undefined || quota - (usage || 0) > bytes + RESERVE;
}

/** Whether this browser can record. */
export function canRecord() {
  return typeof MediaRecorder !== 'undefined' && Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
}

/** Records speech until stop() or three minutes; 16 kbit/s, so a minute is about 120 KB. @returns {Promise<{stop: () => void, done: Promise<{bytes: Uint8Array, mime: string}>}>} */
export async function recordVoice() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 16000 });
  /** @type {Blob[]} */
  const parts = [];
  recorder.ondataavailable = (e) => { parts.push(e.data); };
  const stop = () => { if (recorder.state !== 'inactive') recorder.stop(); };
  const done = new Promise((resolve, reject) => {
    recorder.onerror = () => reject(new Error('record'));
    recorder.onstop = () => {
      clearTimeout(timer);
      stream.getTracks().forEach((track) => track.stop());
      const mime = (recorder.mimeType || 'audio/webm').split(';')[0];
      new Blob(parts).arrayBuffer().then((b) => resolve({ bytes: new Uint8Array(b), mime }), reject);
    };
  });
  const timer = setTimeout(stop, VOICE_MS);
  recorder.start(1000);
  return { stop, done: /** @type {Promise<{bytes: Uint8Array, mime: string}>} */ (done) };
}
