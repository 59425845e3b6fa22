// Data that stays fresh: asked again every 15 s while the page is looked at. A push would only be a hint to ask.
import { useCallback, useEffect, useRef, useState } from '../../../vendor/ui.js';

const EVERY_MS = 15000;

/** @template T @param {() => Promise<T>} load @param {any[]} deps
 * @returns {{data: T|undefined, error: any, busy: boolean, reload: () => Promise<void>}} */
export function usePolled(load, deps) {
  const [state, setState] = useState({ data: undefined, error: null, busy: true });
  const turn = useRef(0);
  const reload = useCallback(async () => {
    // An answer to an older question must not overwrite a newer one.
    const mine = (turn.current += 1);
    try {
      const data = await load();
      if (mine === turn.current) setState({ data, error: null, busy: false });
    } catch (error) {
      if (mine === turn.current) setState((old) => ({ data: old.data, error, busy: false }));
    }
  }, deps);
  useEffect(() => {
    setState((old) => ({ ...old, busy: true }));
    reload();
    const look = () => { if (!document.hidden) reload(); };
    const timer = setInterval(look, EVERY_MS);
    document.addEventListener('visibilitychange', look);
    return () => {
      turn.current += 1;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [reload]);
  return { ...state, reload };
}
