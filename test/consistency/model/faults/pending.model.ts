import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';
import {
  ABSENT,
  acquire,
  done,
  fill,
  holdsLease,
  invalidate,
  type StoredRecord,
  valueRecord,
} from '../steps/record.js';

/**
 * Redis away while an item is written: the INTENTs were lost, and either DONE may be. What failed is pending, and is applied
 * later. A list with a tag is made of the item; another instance, which still reaches Redis, loads it at any time.
 */
export type PendingRule =
  /** What could not be invalidated is kept, and applied before L2 is read again. */
  | 'failuresAreKept'
  /** Until then the instance of the writer bypasses its keys, and every entry with its tags. */
  | 'bypassesTheTags'
  /** When a key failed, its tags are applied again after it. */
  | 'tagsAgainAfterKeys';

interface State {
  readonly item: StoredRecord<number>;
  readonly tag: StoredRecord<string>;
  readonly list: StoredRecord<{ readonly item: number; readonly tag: string }>;
  readonly row: number;
  readonly write: 'idle' | 'committed' | 'item sent' | 'pending' | 'item applied' | 'applied';
  readonly failed: { readonly item: boolean; readonly tag: boolean };
  readonly loader: { readonly at: 'idle' | 'leased' | 'loaded' | 'end'; readonly tag: string; readonly item: number };
}

export function pendingModel(keeps: Keeps<PendingRule>): Model<State> {
  return {
    initial: {
      item: valueRecord(0, 'first'),
      tag: valueRecord('t0', 't0'),
      list: valueRecord({ item: 0, tag: 't0' }, 'first'),
      row: 0,
      write: 'idle',
      failed: { item: false, tag: false },
      loader: { at: 'idle', tag: '', item: 0 },
    },
    *next(state) {
      yield* write(state);
      yield* apply(state);
      yield* load(state);
    },
    broken(state) {
      const { item, tag, list, write: at, failed } = state;
      const old = {
        item: item.is === 'V' && item.value < 1,
        list: list.is === 'V' && tag.is === 'V' && list.value.tag === tag.value && list.value.item < 1,
      };
      if (at === 'applied' && (old.item || old.list)) return 'applied, and v0 is still served';
      if (at !== 'pending' && at !== 'item applied') return undefined;
      if (old.item && !keeps('failuresAreKept')) return 'the writer reads its old item';
      const bypassed = keeps('bypassesTheTags') || !failed.tag;
      return old.list && !bypassed ? 'the writer reads its old list' : undefined;
    },
  };

  function* write(state: State): Iterable<Step<State>> {
    const { failed } = state;
    if (state.write === 'idle') {
      yield { label: 'COMMIT v1', to: { ...state, row: 1, write: 'committed' } };
    } else if (state.write === 'committed') {
      yield { label: 'DONE on the item', to: { ...state, item: done(state.item, 'W'), write: 'item sent' } };
      yield {
        label: 'DONE on the item is lost',
        to: { ...state, failed: { ...failed, item: true }, write: 'item sent' },
      };
    } else if (state.write === 'item sent') {
      const next = failed.item ? 'pending' : 'applied';
      yield { label: 'DONE on the tag, acknowledge', to: { ...state, tag: done(state.tag, 'W'), write: next } };
      const lost = { ...state, failed: { ...failed, tag: true }, write: 'pending' } as const;
      yield { label: 'DONE on the tag is lost, acknowledge as pending', to: lost };
    }
  }

  function* apply(state: State): Iterable<Step<State>> {
    const { failed } = state;
    if (state.write === 'pending') {
      const item = failed.item ? invalidate(state.item) : state.item;
      yield { label: 'the item is applied', to: { ...state, item, write: 'item applied' } };
    } else if (state.write === 'item applied') {
      const again = failed.tag || keeps('tagsAgainAfterKeys');
      const tag = again ? invalidate(state.tag) : state.tag;
      yield { label: again ? 'the tag is applied' : 'nothing is left', to: { ...state, tag, write: 'applied' } };
    }
  }

  function* load(state: State): Iterable<Step<State>> {
    const { loader, list, item, row } = state;
    const tag: StoredRecord<string> = state.tag.is === 'absent' ? valueRecord('tR', 'tR') : state.tag;
    const version = tag.is === 'V' ? tag.value : '';
    if (loader.at === 'idle') {
      if (list.is === 'V' && list.value.tag === version) return;
      const acquired = acquire(list, 'R', list.is === 'V' ? list.fillId : undefined);
      const leased = { at: 'leased', tag: version, item: 0 } as const;
      if (holdsLease(acquired, 'R')) {
        yield { label: `capture ${version}, ACQUIRE list`, to: { ...state, tag, list: acquired, loader: leased } };
      }
    } else if (loader.at === 'leased') {
      const seen = item.is === 'V' ? item.value : row;
      yield {
        label: `the load reads item v${seen}`,
        to: { ...state, loader: { ...loader, at: 'loaded', item: seen } },
      };
    } else if (loader.at === 'loaded') {
      const filled = fill(list, 'R', { item: loader.item, tag: loader.tag });
      yield {
        label: `FILL list with v${loader.item}`,
        to: { ...state, list: filled, loader: { at: 'end', tag: '', item: 0 } },
      };
    }
    if (state.list.is === 'V' && loader.at === 'idle')
      yield { label: 'the list expires', to: { ...state, list: ABSENT } };
  }
}
