import { useEffect, useState } from 'preact/hooks';

/** The last answer, and the last error if it is newer. */
export interface Polled<T> {
  readonly data: T | undefined;
  readonly error: string | undefined;
}

/** Loads at once, and again every few milliseconds while the view is shown. */
export function usePolling<T>(load: () => Promise<T>, everyMs: number): Polled<T> {
  const [state, setState] = useState<Polled<T>>({ data: undefined, error: undefined });
  useEffect(() => {
    let shown = true;
    const run = (): void => {
      load().then(
        (data) => shown && setState({ data, error: undefined }),
        (error: Error) => shown && setState(({ data }) => ({ data, error: error.message })),
      );
    };
    run();
    const timer = setInterval(run, everyMs);
    return () => {
      shown = false;
      clearInterval(timer);
    };
  }, []);
  return state;
}
