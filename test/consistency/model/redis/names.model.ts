import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';
import { ABSENT, acquire, done, fill, holdsLease, type StoredRecord, valueRecord } from '../steps/record.js';

/**
 * `clear()` while instances differ: during a rolling deploy, or until all have received it, one instance still writes under the old
 * epoch (or the old schema version) and another reads under the new one. One writer uses the API, one migration changes the row
 * without it and then calls `clear()`, and one reader reads.
 */
export type NamesRule =
  /** StoredRecord names hold neither an epoch nor a schema version. */
  | 'oneNameForAll'
  /** `clear()` invalidates a tag that every entry carries, and every read checks. */
  | 'clearIsATag'
  /** That tag is captured before the load, as any other. */
  | 'captureBeforeLoad';

interface Entry {
  readonly version: number;
  readonly tag: string;
}

interface State {
  /** The records of the old and of the new name. With one name for all only the first is used. */
  readonly records: readonly [StoredRecord<Entry>, StoredRecord<Entry>];
  readonly tag: string;
  readonly row: number;
  readonly acknowledged: number;
  readonly writer: 'idle' | 'committed' | 'acknowledged';
  readonly clearer: 'idle' | 'committed' | 'cleared';
  readonly reader: {
    readonly at: 'idle' | 'leased' | 'loaded' | 'end';
    readonly version: number;
    readonly tag: string;
  };
}

export function namesModel(keeps: Keeps<NamesRule>): Model<State> {
  const oldName = 0;
  const newName = keeps('oneNameForAll') ? 0 : 1;
  return {
    initial: {
      records: [valueRecord({ version: 0, tag: 't0' }, 'first'), ABSENT],
      tag: 't0',
      row: 0,
      acknowledged: 0,
      writer: 'idle',
      clearer: 'idle',
      reader: { at: 'idle', version: 0, tag: '' },
    },
    *next(state) {
      yield* write(state);
      yield* clear(state);
      yield* read(state);
    },
    broken({ records, tag, acknowledged }) {
      const record = records[newName];
      if (record.is !== 'V' || record.value.version >= acknowledged || !valid(record.value, tag)) return undefined;
      return `the new instance reads v${record.value.version}, v${acknowledged} was acknowledged`;
    },
  };

  function* write(state: State): Iterable<Step<State>> {
    const row = state.row + 1;
    if (state.writer === 'idle') {
      yield { label: `the old instance commits v${row}`, to: { ...state, row, writer: 'committed' } };
    } else if (state.writer === 'committed') {
      const records = replace(state, oldName, done(state.records[oldName], 'W'));
      const to = { ...state, records, writer: 'acknowledged', acknowledged: Math.max(state.acknowledged, 1) } as const;
      yield { label: 'the old instance sends DONE, acknowledge', to };
    }
  }

  function* clear(state: State): Iterable<Step<State>> {
    if (state.clearer === 'idle' && state.writer === 'acknowledged') {
      yield { label: 'a migration commits v2', to: { ...state, row: 2, clearer: 'committed' } };
    } else if (state.clearer === 'committed') {
      yield { label: 'clear(), acknowledge', to: { ...state, tag: 't1', acknowledged: 2, clearer: 'cleared' } };
    }
  }

  function* read(state: State): Iterable<Step<State>> {
    const { reader, tag } = state;
    const record = state.records[newName];
    if (reader.at === 'idle') {
      const invalid = record.is === 'V' && !valid(record.value, tag) ? record.fillId : undefined;
      const acquired = acquire(record, 'R', invalid);
      const leased = { ...reader, at: 'leased', tag } as const;
      if (holdsLease(acquired, 'R')) {
        yield {
          label: 'the new instance captures, ACQUIRE',
          to: { ...state, records: replace(state, newName, acquired), reader: leased },
        };
      }
      if (record.is === 'V')
        yield { label: 'the entry expires', to: { ...state, records: replace(state, newName, ABSENT) } };
    } else if (reader.at === 'leased') {
      const loaded = { ...reader, at: 'loaded', version: state.row } as const;
      yield { label: `it loads v${state.row}`, to: { ...state, reader: loaded } };
    } else if (reader.at === 'loaded') {
      const entry = { version: reader.version, tag: keeps('captureBeforeLoad') ? reader.tag : tag };
      const records = replace(state, newName, fill(record, 'R', entry));
      yield { label: `it FILLs v${entry.version}`, to: { ...state, records, reader: { ...reader, at: 'end' } } };
    }
  }

  function valid(entry: Entry, tag: string): boolean {
    return entry.tag === tag || !keeps('clearIsATag');
  }
}

function replace({ records: [first, second] }: State, name: number, record: StoredRecord<Entry>): State['records'] {
  return name === 0 ? [record, second] : [first, record];
}
