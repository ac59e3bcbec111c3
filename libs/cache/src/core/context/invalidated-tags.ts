import { AsyncLocalStorage } from 'node:async_hooks';

const collecting = new AsyncLocalStorage<Set<string>>();

/** Runs `work`, and adds to `tags` the tags that writes within it invalidate. */
export function collectInvalidated<T>(tags: Set<string>, work: () => T): T {
  return collecting.run(tags, work);
}

/** Reports invalidated tags to the surrounding {@link collectInvalidated}, if there is one. */
export function noteInvalidated(tags: readonly string[]): void {
  const collected = collecting.getStore();
  if (collected) for (const tag of tags) collected.add(tag);
}
