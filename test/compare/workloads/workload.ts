import type { Run } from '../arena.js';

export interface Outcome {
  /** In Markdown. */
  readonly table: string;
  /** One sentence of figures for the top of the page, in Markdown. */
  readonly inShort: string;
  /** What ours did not keep, in words. Peers are reported, not judged. */
  readonly faults: readonly string[];
}

/** One comparison: the same for everybody. */
export interface Workload {
  /** Where its table stands in the page: between the markers of this name. */
  readonly name: string;
  readonly compare: (run: Run) => Promise<Outcome>;
}
