import { channel } from 'node:diagnostics_channel';
import type { Invalidated } from './journal.js';

/** The body of a write has ended: it can name no more entries. */
export interface WriteEnd extends Invalidated {
  /** The identity of the write: `LoadContext.current.write` within its body. */
  readonly write: object;
  /** Whether the body has returned, and not thrown. */
  readonly returned: boolean;
}

/**
 * Publishes each {@link WriteEnd} of the process, for the watcher of forgotten invalidations in tests. Unlike the event `invalidate`,
 * it has every name.
 */
export const writeEnds = channel('nuthatch:cache:write-end');
