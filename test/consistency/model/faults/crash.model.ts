import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';
import {
  ABSENT,
  acquire,
  done,
  fill,
  holdsLease,
  intent,
  invalidate,
  release,
  type StoredRecord,
  tokenExpires,
  valueRecord,
  withMarkOf,
} from '../steps/record.js';

/**
 * One key whose writers may die between COMMIT and DONE. Their INTENT was acknowledged before BEGIN (a strict cache) and is
 * not evicted: whatever ends it too early is a way to serve the old value for a whole TTL.
 */
export type CrashRule =
  /** INTENT goes out before BEGIN. */
  | 'intentBeforeBegin'
  /** The transaction times out before its intent ends. */
  | 'transactionEndsFirst'
  /** INTENT adds its token to those that are there. */
  | 'intentKeepsOthers'
  /** INTENT marks a record in W. */
  | 'overlapMarks'
  /** DONE leaves the other tokens in the record. */
  | 'doneKeepsOthers'
  /** INVALIDATE leaves a record in W. */
  | 'invalidateKeepsIntents'
  /** ACQUIRE compares and replaces an invalid entry in one step: never DEL and then ACQUIRE. */
  | 'acquireReplaces'
  /** RELEASE, and the stored failure of a load, compare the lease. */
  | 'releaseCompares';

interface Writer {
  readonly at: 'idle' | 'begun' | 'committed' | 'acknowledged' | 'gone';
  readonly version: number;
}

interface Reader {
  readonly at: 'idle' | 'saw an invalid entry' | 'leased' | 'loaded' | 'end';
  /** The fill it saw, or the version it loaded. */
  readonly fillId: string;
  readonly version: number;
}

interface State {
  readonly record: StoredRecord<number>;
  readonly row: number;
  readonly writers: readonly Writer[];
  readonly readers: readonly Reader[];
  readonly invalidated: boolean;
}

const WRITER: Writer = { at: 'idle', version: 0 };
const READER: Reader = { at: 'idle', fillId: '', version: 0 };

export function crashModel(keeps: Keeps<CrashRule>): Model<State> {
  return {
    initial: {
      record: valueRecord(0, 'first'),
      row: 0,
      writers: [WRITER, WRITER],
      readers: [READER, READER],
      invalidated: false,
    },
    *next(state) {
      const { record } = state;
      if (record.is === 'V' || record.is === 'L')
        yield { label: 'the record expires', to: { ...state, record: ABSENT } };
      if (!state.invalidated) {
        const kept = keeps('invalidateKeepsIntents') ? invalidate(record) : ABSENT;
        yield { label: 'INVALIDATE', to: { ...state, record: kept, invalidated: true } };
      }
      for (const index of state.writers.keys()) yield* write(state, index);
      for (const index of state.readers.keys()) yield* read(state, index);
    },
    broken({ record, row }) {
      return record.is === 'V' && record.value < row ? `L2 serves v${record.value}, v${row} is committed` : undefined;
    },
  };

  function* write(state: State, index: number): Iterable<Step<State>> {
    const writer = state.writers[index] ?? WRITER;
    const name = `W${index + 1}`;
    const after = (change: Partial<Writer>, rest: Partial<State> = {}): State => ({
      ...state,
      ...rest,
      writers: state.writers.with(index, { ...writer, ...change }),
    });

    if (writer.at === 'idle') {
      const record = keeps('intentBeforeBegin') ? placeIntent(state.record, name) : state.record;
      yield { label: `${name} INTENT`, to: after({ at: 'begun' }, { record }) };
    } else if (writer.at === 'begun') {
      const row = state.row + 1;
      yield { label: `${name} COMMIT v${row}`, to: after({ at: 'committed', version: row }, { row }) };
    } else if (writer.at === 'committed') {
      const record = endIntent(state.record, name, writer.version);
      yield { label: `${name} DONE v${writer.version}`, to: after({ at: 'acknowledged', version: 0 }, { record }) };
      yield { label: `${name} dies`, to: after({ at: 'gone', version: 0 }) };
    }
    if (state.record.is === 'W' && state.record.tokens.includes(name)) {
      const record: StoredRecord<number> = tokenExpires(state.record, name);
      const cut = writer.at === 'begun' && keeps('transactionEndsFirst');
      yield { label: `the intent of ${name} ends`, to: after(cut ? { at: 'gone' } : {}, { record }) };
    }
  }

  function* read(state: State, index: number): Iterable<Step<State>> {
    const reader = state.readers[index] ?? READER;
    const name = `R${index + 1}`;
    const { record } = state;
    const after = (change: Partial<Reader>, changed = record): State => ({
      ...state,
      record: changed,
      readers: state.readers.with(index, { ...READER, ...change }),
    });

    if (reader.at === 'idle' && record.is === 'absent') {
      yield { label: `${name} ACQUIRE`, to: after({ at: 'leased' }, acquire(record, name)) };
    } else if (reader.at === 'idle' && record.is === 'V') {
      // A tag of the entry was invalidated, or its schema is an old one.
      yield { label: `${name} finds it invalid`, to: after({ at: 'saw an invalid entry', fillId: record.fillId }) };
    } else if (reader.at === 'saw an invalid entry') {
      const found: StoredRecord<number> = keeps('acquireReplaces') ? record : ABSENT;
      const acquired = acquire(found, name, reader.fillId);
      const at = holdsLease(acquired, name) ? 'leased' : 'end';
      yield { label: `${name} ${keeps('acquireReplaces') ? '' : 'DEL, '}ACQUIRE`, to: after({ at }, acquired) };
    } else if (reader.at === 'leased') {
      yield { label: `${name} loads v${state.row}`, to: after({ at: 'loaded', version: state.row }) };
      const released = keeps('releaseCompares') ? release(record, name) : ABSENT;
      yield { label: `${name} fails to load, RELEASE`, to: after({ at: 'end' }, released) };
    } else if (reader.at === 'loaded') {
      yield { label: `${name} FILL v${reader.version}`, to: after({ at: 'end' }, fill(record, name, reader.version)) };
    }
  }

  function placeIntent(record: StoredRecord<number>, token: string): StoredRecord<number> {
    const placed = intent(keeps('intentKeepsOthers') ? record : ABSENT, token);
    return keeps('overlapMarks') ? placed : withMarkOf(record, placed);
  }

  function endIntent(record: StoredRecord<number>, token: string, value: number): StoredRecord<number> {
    const ended = done(record, token, value);
    return ended.is === 'W' && !keeps('doneKeepsOthers') ? ABSENT : ended;
  }
}
