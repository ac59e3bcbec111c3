import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';
import { ABSENT, acquire, done, fill, holdsLease, intent, type StoredRecord, valueRecord } from '../steps/record.js';

/**
 * A list with a tag, made of an item with a record of its own. Two writers change the item and invalidate its key and the tag;
 * either INTENT may be lost. One reader loads the list and reads the item inside; another reads the list strongly. The tag
 * may be evicted at any time.
 */
export type TagsRule =
  /** DONE on the keys is answered before DONE on the tags is sent. */
  | 'keysBeforeTags'
  /** Cache reads within a load are strong: they skip L1. */
  | 'nestedReadsStrong'
  /** Tag versions are captured before the load. */
  | 'captureBeforeLoad'
  /** A tag in W cannot be captured: the load is not stored. */
  | 'tagInWNotCaptured'
  /** A strong read compares the versions with those in L2. */
  | 'tagsChecked'
  /** Every invalidation gives the tag a version it never had. */
  | 'versionsAreFresh';

interface Writer {
  readonly at: 'idle' | 'begun' | 'committed' | 'half done' | 'acknowledged';
  readonly version: number;
}

interface List {
  readonly item: number;
  readonly tag: string;
}

interface State {
  readonly item: StoredRecord<number>;
  readonly tag: StoredRecord<string>;
  readonly list: StoredRecord<List>;
  readonly row: number;
  readonly acknowledged: number;
  readonly writers: readonly Writer[];
  readonly loader: {
    readonly at: 'idle' | 'captured' | 'acquired' | 'leased' | 'loaded' | 'end';
    readonly tag: string;
    readonly item: number;
  };
  readonly reader: {
    readonly at: 'idle' | 'has the list' | 'has the tag' | 'end';
    readonly notOlderThan: number;
    readonly list: List | undefined;
    readonly tag: string;
    readonly answer: number;
  };
}

/** What cannot be captured, and equals no version. */
const NONE = '';
const WRITER: Writer = { at: 'idle', version: 0 };
const MISS = Number.MAX_SAFE_INTEGER;
const READER = { at: 'idle', notOlderThan: 0, list: undefined, tag: NONE, answer: MISS } as const;

export function tagsModel(keeps: Keeps<TagsRule>): Model<State> {
  return {
    initial: {
      item: valueRecord(0, 'first'),
      tag: valueRecord('t0', 't0'),
      list: ABSENT,
      row: 0,
      acknowledged: 0,
      writers: [WRITER, WRITER],
      loader: { at: 'idle', tag: NONE, item: 0 },
      reader: READER,
    },
    *next(state) {
      if (state.tag.is !== 'absent') yield { label: 'the tag is evicted', to: { ...state, tag: ABSENT } };
      for (const index of state.writers.keys()) yield* write(state, index);
      yield* loadList(state);
      yield* readList(state);
    },
    broken({ reader }) {
      if (reader.answer >= reader.notOlderThan) return undefined;
      return `it shows v${reader.answer}, v${reader.notOlderThan} was acknowledged before the read`;
    },
  };

  function* write(state: State, index: number): Iterable<Step<State>> {
    const writer = state.writers[index] ?? WRITER;
    const name = `W${index + 1}`;
    const after = (change: Partial<Writer>, rest: Partial<State>): State => ({
      ...state,
      ...rest,
      writers: state.writers.with(index, { ...writer, ...change }),
    });
    const endItem = { item: done(state.item, name) };
    const endTag = { tag: done(state.tag, name, keeps('versionsAreFresh') ? `t${index + 1}` : 't0') };
    const [first, last] = keeps('keysBeforeTags') ? [endItem, endTag] : [endTag, endItem];

    if (writer.at === 'idle') {
      const item = { item: intent(state.item, name) };
      const tag = { tag: intent(state.tag, name) };
      const begun = { at: 'begun' } as const;
      yield { label: `${name} INTENT on item and tag`, to: after(begun, { ...item, ...tag }) };
      yield { label: `${name} INTENT on tag, that on item is lost`, to: after(begun, tag) };
      yield { label: `${name} INTENT on item, that on tag is lost`, to: after(begun, item) };
    } else if (writer.at === 'begun') {
      const row = state.row + 1;
      yield { label: `${name} COMMIT v${row}`, to: after({ at: 'committed', version: row }, { row }) };
    } else if (writer.at === 'committed') {
      yield { label: `${name} DONE on ${Object.keys(first).join()}`, to: after({ at: 'half done' }, first) };
    } else if (writer.at === 'half done') {
      const acknowledged = Math.max(state.acknowledged, writer.version);
      const to = after({ at: 'acknowledged', version: 0 }, { ...last, acknowledged });
      yield { label: `${name} DONE on ${Object.keys(last).join()}, acknowledge`, to };
    }
  }

  /** The lookup acquires the lease, and a tag may get its version after it or before it: both orders are safe. */
  function* loadList(state: State): Iterable<Step<State>> {
    const { loader } = state;
    if (loader.at === 'idle') {
      if (keeps('captureBeforeLoad')) {
        yield* capture(state, 'captured');
        yield* lease(state, 'acquired');
      } else yield { label: 'the load of the list begins', to: { ...state, loader: { ...loader, at: 'captured' } } };
    } else if (loader.at === 'captured') {
      yield* lease(state, 'leased');
    } else if (loader.at === 'acquired') {
      yield* capture(state, 'leased');
    } else if (loader.at === 'leased') {
      const seen = state.item.is === 'V' ? state.item.value : state.row;
      yield {
        label: `the load reads item v${seen}`,
        to: { ...state, loader: { ...loader, at: 'loaded', item: seen } },
      };
      // L1 has not yet received a message of any write.
      const old = { ...state, loader: { ...loader, at: 'loaded', item: 0 } as const };
      if (!keeps('nestedReadsStrong')) yield { label: 'the load reads item v0 from L1', to: old };
    } else if (loader.at === 'loaded') {
      if (!keeps('captureBeforeLoad') && loader.tag === NONE) yield* capture(state, 'loaded');
      const { item, tag } = loader;
      const filled = tag === NONE ? state.list : fill(state.list, 'R', { item, tag });
      const label = `FILL list with v${item} under ${tag || 'nothing'}`;
      yield { label, to: { ...state, list: filled, loader: { at: 'end', tag: NONE, item: 0 } } };
    }
  }

  function* lease(state: State, then: 'acquired' | 'leased'): Iterable<Step<State>> {
    const { loader, list } = state;
    const acquired = acquire(list, 'R', list.is === 'V' ? list.fillId : undefined);
    const at = holdsLease(acquired, 'R') ? then : 'end';
    yield { label: 'ACQUIRE list', to: { ...state, list: acquired, loader: { ...loader, at } } };
  }

  function* capture(state: State, at: 'captured' | 'leased' | 'loaded'): Iterable<Step<State>> {
    const { tag } = state;
    // As SET NX: a version is created only where there is nothing.
    const kept = tag.is === 'absent' ? valueRecord('tR', 'tR') : tag;
    const version = kept.is === 'V' ? kept.value : NONE;
    // The mutant trusts that a write under way will not change what it loads.
    const captured = version === NONE && !keeps('tagInWNotCaptured') ? 'any' : version;
    const to = { ...state, tag: kept, loader: { ...state.loader, at, tag: captured } };
    yield { label: `capture ${captured || 'nothing'}`, to };
  }

  /** The entry first or the tag first: both orders are safe. */
  function* readList(state: State): Iterable<Step<State>> {
    const { reader, acknowledged } = state;
    const list = state.list.is === 'V' ? state.list.value : undefined;
    const tag = state.tag.is === 'V' ? state.tag.value : NONE;
    const begun = { ...reader, notOlderThan: acknowledged };
    if (reader.at === 'idle') {
      yield { label: 'a strong read, GET list', to: { ...state, reader: { ...begun, at: 'has the list', list } } };
      yield { label: 'a strong read, GET tag', to: { ...state, reader: { ...begun, at: 'has the tag', tag } } };
    } else if (reader.at === 'has the list') {
      yield { label: 'then GET tag', to: { ...state, reader: answered(reader, reader.list, tag) } };
    } else if (reader.at === 'has the tag') {
      yield { label: 'then GET list', to: { ...state, reader: answered(reader, list, reader.tag) } };
    }
  }

  function answered(reader: State['reader'], list: List | undefined, tag: string): State['reader'] {
    const valid = list && (list.tag === tag || list.tag === 'any' || !keeps('tagsChecked'));
    return { ...READER, at: 'end', notOlderThan: reader.notOlderThan, answer: valid ? list.item : MISS };
  }
}
