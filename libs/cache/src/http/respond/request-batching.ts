import type { IncomingMessage } from 'node:http';

/** The `setImmediate` of Node, captured before a test can install fake timers: a fake event loop would never continue. */
const realSetImmediate = setImmediate;

const BATCHED = Symbol('batched');

/** A request that records whether it has joined a batch: it joins only one. */
type Batchable = IncomingMessage & { [BATCHED]?: true };

/** The batch that is collecting requests. Its requests continue in their order, each in its own async context. */
let collecting: Promise<void> | undefined;

/**
 * Resolves once every request that has arrived by now was read from its socket. Returns `undefined` for a request that has joined a
 * batch before.
 *
 * Requests that arrive together are then answered together, one stage after the other. The code of a stage stays in the processor's
 * caches between requests, instead of being evicted by the other stages and by the operating system (docs/performance.md). A single
 * request waits for one turn of the event loop, a few microseconds.
 */
export function nextBatch(request: Batchable): Promise<void> | undefined {
  if (request[BATCHED]) return undefined;
  request[BATCHED] = true;
  collecting ??= new Promise<void>((resolve) => void realSetImmediate(resolve)).then(
    () => void (collecting = undefined),
  );
  return collecting;
}
