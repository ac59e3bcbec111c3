import type { Run } from '../processes.js';

export interface Outcome {
  /** The table in Markdown. */
  readonly table: string;
  /** One sentence of figures for the top of the page, in Markdown. */
  readonly inShort: string;
  /** The promises that Nuthatch broke. Peers are reported, not judged. */
  readonly faults: readonly string[];
}

/** One comparison, the same for all contenders. */
export interface Workload {
  /** The name of the markers around its table in the page. */
  readonly name: string;
  readonly compare: (run: Run) => Promise<Outcome>;
}
