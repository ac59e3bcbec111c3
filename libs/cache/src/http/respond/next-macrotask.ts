/** The `setImmediate` of Node, captured before a test can install fake timers: a fake event loop would never continue. */
const realSetImmediate = setImmediate;

/** Resolves in the next turn of the event loop. */
export function nextMacrotask(): Promise<void> {
  return new Promise((resolve) => void realSetImmediate(resolve));
}
