import diagnostics from 'node:diagnostics_channel';
import { syncBuiltinESMExports } from 'node:module';
import { type EntryType, PerformanceObserver } from 'node:perf_hooks';

/** What an application has subscribed in its process. */
export interface ProcessWide {
  on(): void;
  off(): void;
}

const { subscribe } = diagnostics;
const { observe } = PerformanceObserver.prototype;

/** Starts an application, and returns its subscriptions, which are on: to channels of Node, and to the garbage collector. */
export async function startedBy(start: () => Promise<void>): Promise<ProcessWide> {
  const channels: Parameters<typeof subscribe>[] = [];
  const observers: PerformanceObserver[] = [];
  diagnostics.subscribe = (...channel) => {
    channels.push(channel);
    subscribe(...channel);
  };
  PerformanceObserver.prototype.observe = function (this: PerformanceObserver, options) {
    observers.push(this);
    observe.call(this, options);
  };
  // Modules have imported the function by its name.
  syncBuiltinESMExports();
  try {
    await start();
  } finally {
    diagnostics.subscribe = subscribe;
    PerformanceObserver.prototype.observe = observe;
    syncBuiltinESMExports();
  }
  const gc: { readonly entryTypes: readonly EntryType[] } = { entryTypes: ['gc'] };
  return {
    on: () => {
      for (const channel of channels) subscribe(...channel);
      for (const observer of observers) observer.observe(gc);
    },
    off: () => {
      for (const channel of channels) diagnostics.unsubscribe(...channel);
      for (const observer of observers) observer.disconnect();
    },
  };
}
