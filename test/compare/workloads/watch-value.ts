import { setTimeout as pause } from 'node:timers/promises';
import type { Process } from '../processes.js';

export interface Look {
  readonly key: string;
  /** How long to read before an old value counts as stale, in milliseconds. */
  readonly forMs: number;
}

/** What the reads of a replaced value returned. */
export type Sight = 'new' | 'later' | 'stale' | 'silent';

export interface Seen {
  readonly sight: Sight;
  /** The text for a table. */
  readonly text: string;
}

const STEP_MS = 100;

/** Reads repeatedly until the value is new, for at most `forMs`. */
export async function lookFor(version: number, at: Process, { key, forMs }: Look): Promise<Seen> {
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  let looks = 0;
  let last: number | undefined;
  while (looks === 0 || elapsed() < forMs) {
    last = await versionAt(at, key, forMs);
    looks += 1;
    if (last !== undefined && last >= version) {
      return looks === 1 ? { sight: 'new', text: 'new' } : { sight: 'later', text: `new after ${seconds(elapsed())}` };
    }
    await pause(STEP_MS);
  }
  return last === undefined
    ? { sight: 'silent', text: `no answer in ${seconds(forMs)}` }
    : { sight: 'stale', text: `**stale** (still after ${seconds(forMs)})` };
}

const FROM_WORST: readonly Sight[] = ['stale', 'silent', 'later', 'new'];

/** Returns the worst of several. */
export function worst(...all: readonly Seen[]): Seen {
  const [found] = all.toSorted((a, b) => FROM_WORST.indexOf(a.sight) - FROM_WORST.indexOf(b.sight));
  if (!found) throw new Error('An empty list has no worst.');
  return found;
}

/** Returns the worst of several rounds, and in how many rounds it occurred. */
export function worstOfRounds(rounds: readonly Seen[]): Seen {
  const { sight, text } = worst(...rounds);
  const alike = rounds.filter((round) => round.sight === sight).length;
  return { sight, text: alike === rounds.length ? text : `${text}, ${alike} of ${rounds.length} times` };
}

async function versionAt(at: Process, key: string, withinMs: number): Promise<number | undefined> {
  try {
    return (await at.send('read', { key }, withinMs)).versions[0];
  } catch {
    return undefined;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1).replace(/\.0$/, '')} s`;
}
