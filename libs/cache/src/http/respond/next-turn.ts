/** As it was before a test put a clock of its own in the place of the global one: who waits for the event loop waits for the real one. */
const onNextTurn = setImmediate;

/** Resolves in the next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void onNextTurn(resolve));
}
