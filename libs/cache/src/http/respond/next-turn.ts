/** As it was before a test put a clock of its own in the place of the global one: who waits for the event loop waits for the real one. */
const onNextMacrotask = setImmediate;

/** Resolves in the next turn of the event loop. */
export function nextMacrotask(): Promise<void> {
  return new Promise((resolve) => void onNextMacrotask(resolve));
}
