const FIRST_MS = 50;
const LONGEST_MS = 1_000;

/**
 * Milliseconds to wait before reconnect attempt number `attempt` (from 0): 50 · 2ⁿ up to one second, of which the upper half
 * is random so that a fleet does not come back in step. It never says "give up".
 */
export function reconnectDelay(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(FIRST_MS * 2 ** Math.min(attempt, 10), LONGEST_MS);
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
}
