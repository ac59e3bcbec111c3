const FIRST_MS = 50;
const LONGEST_MS = 1_000;

/**
 * Returns the pause before reconnect attempt number `attempt` (from 0), in milliseconds: 50 · 2ⁿ, at most one second. The upper
 * half is random, so that instances do not reconnect at the same moment. There is no last attempt.
 */
export function reconnectDelay(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
}
