import type { Row } from './history.js';

/** What a process does; `by` says which. */
export type Step =
  | { readonly do: 'read' | 'fail'; readonly by: number; readonly row: Row; readonly strong: boolean }
  | { readonly do: 'many'; readonly by: number; readonly strong: boolean }
  /** Its loader reads the rows through their cache: one after the other, or `together`. */
  | { readonly do: 'list'; readonly by: number; readonly strong: boolean; readonly together: boolean }
  | { readonly do: Write; readonly by: number; readonly row: Row }
  | { readonly do: 'clear'; readonly by: number };

export const WRITES = [
  'writeThrough',
  'writeInvalidate',
  'refuse',
  'crash',
  'changeAndInvalidate',
  'changeAndInvalidateTags',
] as const;
export type Write = (typeof WRITES)[number];

/** What happens to a process, or to all of them. */
export type Fault =
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'disconnect' | 'reconnect' | 'deafen' | 'hear'; readonly to: number }
  /** A server that restarts has what it saved last, if anything. */
  | { readonly do: 'flush' | 'save' | 'restart' };

export type Act = Step | Fault;

/** What is told to a {@link World}: everything but the order of the turns, which its scheduler comes up with. */
export interface Scenario {
  /** Each thread's acts follow one another; the threads run side by side. */
  readonly threads: readonly (readonly Act[])[];
  /** Which calls of the store run into their deadline; they are carried out all the same, late. */
  readonly late: readonly Nth[];
  /** Which turns come up only after many others. */
  readonly slow: readonly Nth[];
}

/** One of many, as they are counted from 0: of all (`#12`), or of those with a label (`intent#0`). */
export type Nth = `${string}#${number}`;

/** Counts what comes by, and tells which of it is meant. */
export class Counted {
  readonly #counts = new Map<string, number>();
  readonly #meant: ReadonlySet<string>;

  constructor(meant: readonly Nth[] = []) {
    this.#meant = new Set(meant);
  }

  /** Whether this one is meant. */
  next(label: string): boolean {
    // Both are to be counted.
    const [among, ofAll] = [this.#nth(label), this.#nth('')];
    return this.#meant.has(among) || this.#meant.has(ofAll);
  }

  #nth(label: string): Nth {
    const count = this.#counts.get(label) ?? 0;
    this.#counts.set(label, count + 1);
    return `${label}#${count}`;
  }
}
