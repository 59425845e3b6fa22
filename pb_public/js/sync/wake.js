// When a page tries: once at start, when the line comes back, when it is looked at again, after a save, every minute, and oftener for
// two minutes after something was sent: the city's receipt comes then.

const MINUTE = 60000;

/** How long to wait after a good exchange. @param {number} since ms since something was last sent */
export function pauseAfter(since) {
  if (since < 4000) return 2000;
  if (since < 20000) return 5000;
  return since < 2 * MINUTE ? 20000 : MINUTE;
}

/** @param {{run: () => Promise<string>, due: () => boolean, status: () => {nextAt: number, sentAt: number}}} client @param {() => void} [done] after each exchange
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
    const { nextAt, sentAt } = client.status();
    const wait = Math.max(nextAt - Date.now(), 0) || pauseAfter(Date.now() - sentAt);
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
