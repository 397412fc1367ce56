import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { textOf } from './format.ts';

/** Something that is loaded from the API. A failure keeps what was loaded before. */
export interface Resource<T> {
  readonly value: T | undefined;
  readonly failure: string | undefined;
  /** Loads it again now. */
  readonly reload: () => void;
}

/**
 * Loads when `key` changes, and again every so often while the page is visible.
 *
 * @param key of what is loaded; undefined: nothing is
 * @param refreshMs by the value, so that what is still moving is asked for more often
 * @param known what it is now, if the page knows that already: then it is first loaded when that is due to be refreshed
 */
export function useResource<T>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<T>,
  refreshMs: (value: T | undefined) => number,
  known?: T,
): Resource<T> {
  const [state, setState] = useState<{ key: string | undefined; value?: T; failure?: string }>({
    key,
    ...(known !== undefined && { value: known }),
  });
  const [round, setRound] = useState(0);
  const latest = useRef({ load, refreshMs, known });
  latest.current = { load, refreshMs, known };

  useEffect(() => {
    if (key === undefined) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (value: T | undefined): void => {
      timer = setTimeout(run, latest.current.refreshMs(value));
    };
    let value = round === 0 ? latest.current.known : undefined;
    const run = (): void => {
      if (document.hidden) return again(value);
      latest.current.load(abort.signal).then(
        (loaded) => {
          if (abort.signal.aborted) return;
          value = loaded;
          setState({ key, value: loaded });
          again(loaded);
        },
        (error: unknown) => {
          if (abort.signal.aborted) return;
          setState((before) => ({ ...(before.key === key ? before : { key }), failure: textOf(error) }));
          again(value);
        },
      );
    };
    if (value === undefined) {
      run();
    } else {
      setState({ key, value });
      again(value);
    }
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [key, round]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  const isCurrent = state.key === key;
  return { value: isCurrent ? state.value : undefined, failure: isCurrent ? state.failure : undefined, reload };
}
