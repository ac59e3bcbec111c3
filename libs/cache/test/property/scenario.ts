import type { Row } from './history.js';

/** A step of the process `by`. */
export type Step =
  | { readonly do: 'read' | 'fail'; readonly by: number; readonly row: Row; readonly strong: boolean }
  | { readonly do: 'many'; readonly by: number; readonly strong: boolean }
  /** The loader reads the rows through their cache, one by one or `together`. */
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

/** A fault of one process, or of all. */
export type Fault =
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'disconnect' | 'reconnect' | 'dropMessages' | 'receiveMessages'; readonly to: number }
  /** A restarted server has the records that it saved last, if any. */
  | { readonly do: 'flush' | 'save' | 'restart' };

export type Act = Step | Fault;

/** Everything that happens in a simulation, except the order of the turns, which its scheduler chooses. */
export interface Scenario {
  /** The acts of a thread run in sequence. Threads run concurrently. */
  readonly threads: readonly (readonly Act[])[];
  /** The calls of the store that exceed their deadline. They are carried out late. */
  readonly late: readonly Nth[];
  /** The turns that are delayed behind many others. */
  readonly slow: readonly Nth[];
}

/** The index of an event, from 0: among all (`#12`), or among those with a label (`intent#0`). */
export type Nth = `${string}#${number}`;

/** Counts events, and selects some of them. */
export class Counted {
  readonly #counts = new Map<string, number>();
  readonly #selected: ReadonlySet<string>;

  constructor(selected: readonly Nth[] = []) {
    this.#selected = new Set(selected);
  }

  /** Counts the next event. Returns whether it is selected. */
  next(label: string): boolean {
    // Both counters must advance, so neither is evaluated lazily.
    const [withLabel, ofAll] = [this.#nth(label), this.#nth('')];
    return this.#selected.has(withLabel) || this.#selected.has(ofAll);
  }

  #nth(label: string): Nth {
    const count = this.#counts.get(label) ?? 0;
    this.#counts.set(label, count + 1);
    return `${label}#${count}`;
  }
}
