import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';

/**
 * Loads that read the cache. The loader of A reads B, the loader of B reads A, and A also reads itself (a decorated service behind a
 * decorated route). Each instance runs one loader and holds the lease of its key. No loader may wait for ever.
 */
export type NestedRule =
  /** A wait within a load ends after a while, in a load that is not stored. */
  | 'nestedWaitsEnd'
  /** A load marks its key: a read of it within runs the loader, and joins nothing. */
  | 'ownKeyIsMarked';

interface Load {
  readonly at: 'idle' | 'leased' | 'reads itself' | 'waits for the other' | 'end';
}

interface State {
  readonly loads: readonly Load[];
}

export function nestedModel(keeps: Keeps<NestedRule>): Model<State> {
  return {
    initial: { loads: [{ at: 'idle' }, { at: 'idle' }] },
    *next(state) {
      for (const index of state.loads.keys()) yield* load(state, index);
    },
    broken: () => undefined,
    mayEnd: ({ loads }) => loads.every(({ at }) => at === 'end'),
  };

  function* load(state: State, index: number): Iterable<Step<State>> {
    const { at } = state.loads[index] ?? { at: 'end' };
    const other = state.loads[1 - index] ?? { at: 'end' };
    const name = index === 0 ? 'A' : 'B';
    const to = (next: Load['at']): State => ({ loads: state.loads.with(index, { at: next }) });
    const otherIsFree = other.at === 'idle' || other.at === 'end';

    if (at === 'idle') {
      yield { label: `${name} is loaded, ACQUIRE`, to: to('leased') };
    } else if (at === 'leased') {
      yield { label: `the loader of ${name} reads ${name}`, to: to('reads itself') };
      yield { label: `the loader of ${name} reads the other`, to: to('waits for the other') };
    } else if (at === 'reads itself' && keeps('ownKeyIsMarked')) {
      yield { label: `the inner loader of ${name} runs`, to: to('end') };
    } else if (at === 'waits for the other' && otherIsFree) {
      yield { label: `${name} gets the other and is filled`, to: to('end') };
    } else if (at === 'waits for the other' && keeps('nestedWaitsEnd')) {
      yield { label: `${name} stops waiting and loads the other`, to: to('end') };
    }
  }
}
