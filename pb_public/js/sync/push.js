// Batches up. The bytes of a batch are fixed when it is sealed; on any failure the same bytes go again.
import { verifiedReceipt } from '../core/batch.js';
import { keyOf, parseCert } from '../core/install.js';
import { keepReceipt, unsentBatches } from '../store/changes.js';
import { getMeta } from '../store/meta.js';
import { callLines, CallError, packedBody } from './calls.js';

const PER_REQUEST = 50;
const BYTES = 2 * 1024 * 1024;

/** Sends what the township has not acknowledged. Returns the server's last closing time, or 0 when there was nothing to send.
 * @param {{db: import('../store/idb.js').Db, line: import('./calls.js').Line, heard: (now: number, began: number) => Promise<any>, now: () => number}} client */
export async function push(client) {
  const { key, chain } = await getMeta(client.db, ['key', 'chain']);
  let from = 0;
  let certs = false;
  for (let round = 0; round < 200; round++) {
    const batches = portion(await unsentBatches(client.db, key.id, from));
    if (!batches.length) return round > 0;
    const { done, error, whole } = await sendOnce(client, chain, batches, certs);
    certs = false;
    if (!error) {
      if (done < batches.length) throw whole ? new CallError('refused', 'receipt') : new CallError('offline', 'cut');
      from = from ? batches[batches.length - 1].no + 1 : 0;
    } else if (error.code === 'gap' && error.expect >= 1 && error.expect <= batches[0].no) {
      if (from === error.expect) throw new CallError('refused', 'gap');
      from = error.expect;
    } else if (error.code === 'unknown_install' && !certs && round < 3) {
      certs = true;
    } else {
      throw new CallError('refused', error.code);
    }
  }
  return true;
}

/** As many batches as one request takes; always at least one. */
function portion(batches) {
  let bytes = 0;
  return batches.slice(0, PER_REQUEST).filter((batch, i) => {
    bytes += batch.lines.reduce((sum, line) => sum + line.length, 0);
    return i === 0 || bytes <= BYTES;
  });
}

async function sendOnce(client, chain, batches, certs) {
  const began = client.now();
  const { body, headers } = await packedBody(bodyText(certs ? chain.slice(0, -1) : [], batches));
  headers['Cunju-Install'] = (await getMeta(client.db, ['key'])).key.id; // whose place it is when the server is full
  const receipts = [];
  let error = null;
  const { closing } = await callLines(client.line, '/api/sync/batches', { method: 'POST', body, headers }, (value) => {
    if (value.receipt) receipts.push(value.receipt);
    else if (value.error && !error) error = value.error;
  });
  let done = 0;
  for (const receipt of receipts) if (await keepVerified(client.db, chain, receipt)) done++;
  if (closing) await client.heard(closing.now, began);
  return { done, error, whole: closing !== null && receipts.length === batches.length };
}

/** Certificates, then header and lines of each batch. @param {string[]} certs @param {{header: any, lines: string[]}[]} batches */
export function bodyText(certs, batches) {
  const lines = certs.map((cert) => JSON.stringify({ cert })).reverse();
  for (const batch of batches) lines.push(JSON.stringify(batch.header), ...batch.lines);
  return lines.join('\n') + '\n';
}

/** Keeps a receipt when its server is in the chain, of the right level, and really signed it. @param {import('../store/idb.js').Db} db @param {string[]} chain @param {any} receipt */
export async function keepVerified(db, chain, receipt) {
  const cert = chain.slice(1).map(parseCert).find((c) => c && c.install === receipt.server);
  if (!cert || (receipt.level === 'city' && cert.kind !== 'city')) return false;
  if (!(await verifiedReceipt(receipt, keyOf(cert)))) return false;
  return keepReceipt(db, receipt);
}
