import { setTimeout as pause } from 'node:timers/promises';
import type { Process } from '../arena.js';

export interface Look {
  readonly key: string;
  /** How long to look before an old value counts as there to stay, in milliseconds. */
  readonly forMs: number;
}

/** What became of a value that was replaced. */
export type Sight = 'new' | 'later' | 'stale' | 'silent';

export interface Seen {
  readonly sight: Sight;
  /** In words, for a table. */
  readonly text: string;
}

const STEP_MS = 100;

/** Reads again and again until the value is the new one, for as long as `forMs` says. */
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

/** The least good of several. */
export function worst(...all: readonly Seen[]): Seen {
  const [found] = all.toSorted((a, b) => FROM_WORST.indexOf(a.sight) - FROM_WORST.indexOf(b.sight));
  if (!found) throw new Error('There is nothing to choose from.');
  return found;
}

/** The least good of several rounds, and how many of them it was. */
export function worstOfRounds(rounds: readonly Seen[]): Seen {
  const { sight, text } = worst(...rounds);
  const alike = rounds.filter((round) => round.sight === sight).length;
  return { sight, text: alike === rounds.length ? text : `${text}, ${alike} of ${rounds.length} times` };
}

async function versionAt(at: Process, key: string, withinMs: number): Promise<number | undefined> {
  try {
    return (await at.tell('read', { key }, withinMs)).versions[0];
  } catch {
    return undefined;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1).replace(/\.0$/, '')} s`;
}
