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
  type Slot,
  tokenExpires,
  valueSlot,
} from '../steps/slot.js';

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
  /** INTENT marks a slot in W. */
  | 'overlapMarks'
  /** DONE leaves the other tokens in the slot. */
  | 'doneKeepsOthers'
  /** INVALIDATE leaves a slot in W. */
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
  readonly slot: Slot<number>;
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
      slot: valueSlot(0, 'first'),
      row: 0,
      writers: [WRITER, WRITER],
      readers: [READER, READER],
      invalidated: false,
    },
    *next(state) {
      const { slot } = state;
      if (slot.is === 'V' || slot.is === 'L') yield { label: 'the slot expires', to: { ...state, slot: ABSENT } };
      if (!state.invalidated) {
        const kept = keeps('invalidateKeepsIntents') ? invalidate(slot) : ABSENT;
        yield { label: 'INVALIDATE', to: { ...state, slot: kept, invalidated: true } };
      }
      for (const index of state.writers.keys()) yield* write(state, index);
      for (const index of state.readers.keys()) yield* read(state, index);
    },
    broken({ slot, row }) {
      return slot.is === 'V' && slot.value < row ? `L2 serves v${slot.value}, v${row} is committed` : undefined;
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
      const slot = keeps('intentBeforeBegin') ? placeIntent(state.slot, name) : state.slot;
      yield { label: `${name} INTENT`, to: after({ at: 'begun' }, { slot }) };
    } else if (writer.at === 'begun') {
      const row = state.row + 1;
      yield { label: `${name} COMMIT v${row}`, to: after({ at: 'committed', version: row }, { row }) };
    } else if (writer.at === 'committed') {
      const slot = endIntent(state.slot, name, writer.version);
      yield { label: `${name} DONE v${writer.version}`, to: after({ at: 'acknowledged', version: 0 }, { slot }) };
      yield { label: `${name} dies`, to: after({ at: 'gone', version: 0 }) };
    }
    if (state.slot.is === 'W' && state.slot.tokens.includes(name)) {
      const slot: Slot<number> = tokenExpires(state.slot, name);
      const cut = writer.at === 'begun' && keeps('transactionEndsFirst');
      yield { label: `the intent of ${name} ends`, to: after(cut ? { at: 'gone' } : {}, { slot }) };
    }
  }

  function* read(state: State, index: number): Iterable<Step<State>> {
    const reader = state.readers[index] ?? READER;
    const name = `R${index + 1}`;
    const { slot } = state;
    const after = (change: Partial<Reader>, changed = slot): State => ({
      ...state,
      slot: changed,
      readers: state.readers.with(index, { ...READER, ...change }),
    });

    if (reader.at === 'idle' && slot.is === 'absent') {
      yield { label: `${name} ACQUIRE`, to: after({ at: 'leased' }, acquire(slot, name)) };
    } else if (reader.at === 'idle' && slot.is === 'V') {
      // A tag of the entry was invalidated, or its schema is an old one.
      yield { label: `${name} finds it invalid`, to: after({ at: 'saw an invalid entry', fillId: slot.fillId }) };
    } else if (reader.at === 'saw an invalid entry') {
      const found: Slot<number> = keeps('acquireReplaces') ? slot : ABSENT;
      const acquired = acquire(found, name, reader.fillId);
      const at = holdsLease(acquired, name) ? 'leased' : 'end';
      yield { label: `${name} ${keeps('acquireReplaces') ? '' : 'DEL, '}ACQUIRE`, to: after({ at }, acquired) };
    } else if (reader.at === 'leased') {
      yield { label: `${name} loads v${state.row}`, to: after({ at: 'loaded', version: state.row }) };
      const released = keeps('releaseCompares') ? release(slot, name) : ABSENT;
      yield { label: `${name} fails to load, RELEASE`, to: after({ at: 'end' }, released) };
    } else if (reader.at === 'loaded') {
      yield { label: `${name} FILL v${reader.version}`, to: after({ at: 'end' }, fill(slot, name, reader.version)) };
    }
  }

  function placeIntent(slot: Slot<number>, token: string): Slot<number> {
    const placed = intent(keeps('intentKeepsOthers') ? slot : ABSENT, token);
    return placed.is === 'W' && !keeps('overlapMarks') ? { ...placed, marked: slot.is === 'W' && slot.marked } : placed;
  }

  function endIntent(slot: Slot<number>, token: string, value: number): Slot<number> {
    const ended = done(slot, token, value);
    return ended.is === 'W' && !keeps('doneKeepsOthers') ? ABSENT : ended;
  }
}
