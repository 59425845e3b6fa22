// When a page tries: once at start, when the line comes back, when it is looked at again, after a save, and every minute.

const MINUTE = 60000;

/** @param {{run: () => Promise<string>, due: () => boolean, status: () => {nextAt: number}}} client @param {() => void} [done] after each exchange
 * @returns {{now: () => Promise<void>, soon: () => void, stop: () => void}} */
export function startWaking(client, done) {
  let timer = 0;
  const attempt = async () => {
    clearTimeout(timer);
    try {
      await client.run();
    } finally {
      plan();
      if (done) done();
    }
  };
  const plan = () => {
    clearTimeout(timer);
    const wait = Math.max(client.status().nextAt - Date.now(), 0) || MINUTE;
    timer = window.setTimeout(whenDue, Math.min(wait, MINUTE));
  };
  const whenDue = () => {
    if (document.visibilityState === 'hidden' || !client.due()) plan();
    else attempt();
  };
  const seen = () => { if (document.visibilityState === 'visible') whenDue(); };
  const online = () => { attempt(); };
  window.addEventListener('online', online);
  document.addEventListener('visibilitychange', seen);
  attempt();
  return {
    now: attempt,
    soon: () => {
      clearTimeout(timer);
      timer = window.setTimeout(whenDue, 400);
    },
    stop: () => {
      clearTimeout(timer);
      window.removeEventListener('online', online);
      document.removeEventListener('visibilitychange', seen);
    },
  };
}
