import { AsyncLocalStorage } from 'node:async_hooks';

interface Collector {
  readonly tags: Set<string>;
  readonly report: (tags: ReadonlySet<string>) => void;
}

const collecting = new AsyncLocalStorage<Collector>();

/** Runs `work`. Each write within it that succeeds calls `report` with all tags that the writes have invalidated until then. */
export function collectInvalidated<T>(report: Collector['report'], work: () => T): T {
  return collecting.run({ tags: new Set(), report }, work);
}

/** Collects tags that a write invalidates, for the surrounding {@link collectInvalidated}, if there is one. */
export function noteInvalidated(tags: readonly string[]): void {
  const collector = collecting.getStore();
  if (collector) for (const tag of tags) collector.tags.add(tag);
}

/** Reports the collected tags, because a write has succeeded. */
export function reportInvalidated(): void {
  const collector = collecting.getStore();
  if (collector && collector.tags.size > 0) collector.report(collector.tags);
}
