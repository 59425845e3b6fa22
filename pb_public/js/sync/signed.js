// A call that proves who asks. A clock that is off is learnt and the call repeated once.
import { authorization } from '../core/install.js';
import { getMeta } from '../store/meta.js';

/** @param {import('./pull.js').Client} client @param {string} uri @param {(path: string, init: any) => Promise<any>} call @param {'GET'|'POST'} [method] */
export async function signed(client, uri, call, method = 'GET') {
  const { key } = await getMeta(client.db, ['key']);
  for (let again = false; ; again = true) {
    const began = client.now();
    const { offset } = await client.clock();
    try {
      const headers = { Authorization: await authorization(key, method, uri, began + offset) };
      return await call(uri, method === 'GET' ? { headers } : { method, headers });
    } catch (err) {
      if (again || err.code !== 'clock' || typeof err.more.now !== 'number') throw err;
      await client.heard(err.more.now, began);
    }
  }
}
