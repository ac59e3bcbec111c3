import { useEffect, useState } from 'preact/hooks';
import { liveUrl } from './api.js';
import type { InstanceFigures, Tick } from './types.js';

/** Five minutes. */
const KEPT = 300;

export interface Live {
  /** The oldest first. */
  readonly ticks: readonly Tick[];
  readonly connected: boolean;
}

/** Receives the figures of the fleet while the page is open. The browser connects again by itself. */
export function useLive(onRefused: () => void): Live {
  const [live, setLive] = useState<Live>({ ticks: [], connected: false });
  useEffect(() => {
    const source = new EventSource(liveUrl);
    source.addEventListener('message', ({ data }) => {
      const tick: Tick = JSON.parse(data);
      setLive(({ ticks }) => ({ ticks: [...ticks.slice(1 - KEPT), tick], connected: true }));
    });
    source.addEventListener('error', () => {
      setLive(({ ticks }) => ({ ticks, connected: false }));
      // Closed for good: the server refused the session.
      if (source.readyState === EventSource.CLOSED) onRefused();
    });
    return () => source.close();
  }, []);
  return live;
}

/** Receives the figures of every instance while the calling view is shown; `undefined` before the first. */
export function useAllInstances(): readonly InstanceFigures[] | undefined {
  const [instances, setInstances] = useState<readonly InstanceFigures[]>();
  useEffect(() => {
    const source = new EventSource(`${liveUrl}/instances`);
    source.addEventListener('message', ({ data }) => setInstances(JSON.parse(data)));
    return () => source.close();
  }, []);
  return instances;
}
