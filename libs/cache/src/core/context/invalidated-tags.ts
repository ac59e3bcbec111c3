import { AsyncLocalStorage } from 'node:async_hooks';

const collecting = new AsyncLocalStorage<Set<string>>();

/** Runs `work`, and collects in `tags` what the writes within it invalidate. */
export function collectInvalidated<T>(tags: Set<string>, work: () => T): T {
  return collecting.run(tags, work);
}

/** Notes what a write invalidates. It costs next to nothing where nobody collects. */
export function noteInvalidated(tags: readonly string[]): void {
  const collected = collecting.getStore();
  if (collected) for (const tag of tags) collected.add(tag);
}
