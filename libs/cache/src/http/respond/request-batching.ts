/** The `setImmediate` of Node, captured before a test can install fake timers: a fake event loop would never continue. */
const realSetImmediate = setImmediate;

/** The batch that is collecting requests. Its requests continue in their order, each in its own async context. */
let collecting: Promise<void> | undefined;

/**
 * Resolves once every request that has arrived by now was read from its socket.
 *
 * Requests that arrive together are then answered together, one stage after the other. The code of a stage stays in the processor's
 * caches between requests, instead of being evicted by the other stages and by the operating system (docs/performance.md). A single
 * request waits for one turn of the event loop, a few microseconds.
 */
export function nextBatch(): Promise<void> {
  collecting ??= new Promise<void>((resolve) => void realSetImmediate(resolve)).then(
    () => void (collecting = undefined),
  );
  return collecting;
}
