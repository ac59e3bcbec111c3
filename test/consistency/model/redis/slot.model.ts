import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';
import { ABSENT, acquire, done, fill, holdsLease, intent, invalidate, type Slot, valueSlot } from '../steps/slot.js';

/**
 * One key, its slot in L2, two writers and two readers who load. A writer goes through the API with a value to store, or past
 * it and then invalidates. An INTENT may come late or never; the slot expires or is evicted at any time.
 */
export type SlotRule =
  /** An INTENT that finds another one marks the slot. */
  | 'overlapMarks'
  /** A DONE that leaves other intents behind marks the slot. */
  | 'doneMarksOthers'
  /** INVALIDATE marks a slot in W. */
  | 'invalidateMarks'
  /** DONE stores only when the INTENT was acknowledged before BEGIN. */
  | 'valueNeedsEarlyIntent'
  /** DONE stores only over its own intent. */
  | 'valueOnlyOverIntent'
  /** DONE deletes what is not in W. */
  | 'doneDeletes'
  /** DONE comes after the commit. */
  | 'doneAfterCommit'
  /** FILL stores only over the lease of the load. */
  | 'fillCompares'
  /** Every attempt draws a lease token of its own. */
  | 'freshTokens';

interface Writer {
  readonly at: 'idle' | 'begun' | 'done early' | 'committed' | 'committed past the API' | 'acknowledged';
  /** Whether INTENT was acknowledged before BEGIN. */
  readonly early: boolean;
  /** Whether an INTENT is still on its way to Redis. */
  readonly late: boolean;
  readonly version: number;
}

interface Reader {
  readonly at: 'idle' | 'leased' | 'loaded' | 'end';
  readonly version: number;
}

interface State {
  readonly slot: Slot<number>;
  /** The version in the database, and the newest one that a writer was told is applied. */
  readonly row: number;
  readonly acknowledged: number;
  readonly writers: readonly Writer[];
  readonly readers: readonly Reader[];
}

const WRITER: Writer = { at: 'idle', early: false, late: false, version: 0 };
const READER: Reader = { at: 'idle', version: 0 };

export function slotModel(keeps: Keeps<SlotRule>): Model<State> {
  return {
    initial: {
      slot: valueSlot(0, 'first'),
      row: 0,
      acknowledged: 0,
      writers: [WRITER, WRITER],
      readers: [READER, READER],
    },
    *next(state) {
      if (state.slot.is !== 'absent') yield { label: 'the slot expires', to: { ...state, slot: ABSENT } };
      for (const index of state.writers.keys()) yield* write(state, index);
      for (const index of state.readers.keys()) yield* read(state, index);
    },
    broken({ slot, acknowledged }) {
      if (slot.is !== 'V' || slot.value >= acknowledged) return undefined;
      return `L2 serves v${slot.value}, v${acknowledged} was acknowledged`;
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

    if (writer.late) {
      yield {
        label: `the late INTENT of ${name}`,
        to: after({ late: false }, { slot: placeIntent(state.slot, name) }),
      };
    }
    const row = state.row + 1;
    const acknowledge = (slot: Slot<number>): State =>
      after(
        { ...WRITER, late: writer.late, at: 'acknowledged' },
        { slot, acknowledged: Math.max(state.acknowledged, writer.version) },
      );

    if (writer.at === 'idle') {
      const slot = placeIntent(state.slot, name);
      yield { label: `${name} INTENT`, to: after({ at: 'begun', early: true }, { slot }) };
      yield { label: `${name} INTENT times out`, to: after({ at: 'begun', late: true }) };
      yield {
        label: `${name} COMMIT v${row} past the API`,
        to: after({ at: 'committed past the API', version: row }, { row }),
      };
    } else if (writer.at === 'begun' && !keeps('doneAfterCommit')) {
      yield { label: `${name} DONE`, to: after({ at: 'done early' }, { slot: done(state.slot, name) }) };
    } else if (writer.at === 'begun') {
      yield { label: `${name} COMMIT v${row}`, to: after({ at: 'committed', version: row }, { row }) };
    } else if (writer.at === 'done early') {
      const to = after({ at: 'acknowledged' }, { row, acknowledged: row });
      yield { label: `${name} COMMIT v${row}, acknowledge`, to };
    } else if (writer.at === 'committed past the API') {
      yield { label: `${name} INVALIDATE, acknowledge`, to: acknowledge(mark(state.slot)) };
    } else if (writer.at === 'committed') {
      const value = writer.early || !keeps('valueNeedsEarlyIntent') ? writer.version : undefined;
      const what = value === undefined ? "''" : `v${value}`;
      yield { label: `${name} DONE ${what}, acknowledge`, to: acknowledge(endIntent(state.slot, name, value)) };
    }
  }

  function* read(state: State, index: number): Iterable<Step<State>> {
    const reader = state.readers[index] ?? READER;
    const name = `R${index + 1}`;
    const token = keeps('freshTokens') ? name : 'R';
    const after = (change: Partial<Reader>, slot = state.slot): State => ({
      ...state,
      slot,
      readers: state.readers.with(index, { ...reader, ...change }),
    });

    if (reader.at === 'idle') {
      const slot = acquire(state.slot, token);
      if (slot !== state.slot) yield { label: `${name} ACQUIRE`, to: after({ at: 'leased' }, slot) };
    } else if (reader.at === 'leased') {
      yield { label: `${name} loads v${state.row}`, to: after({ at: 'loaded', version: state.row }) };
    } else if (reader.at === 'loaded') {
      const stores = holdsLease(state.slot, token) || !keeps('fillCompares');
      const slot = stores ? valueSlot(reader.version, token) : fill(state.slot, token, reader.version);
      yield { label: `${name} FILL v${reader.version}`, to: after({ at: 'end', version: 0 }, slot) };
    }
  }

  function mark(slot: Slot<number>): Slot<number> {
    return slot.is === 'W' && !keeps('invalidateMarks') ? slot : invalidate(slot);
  }

  function placeIntent(slot: Slot<number>, token: string): Slot<number> {
    const placed = intent(slot, token);
    return placed.is === 'W' && !keeps('overlapMarks') ? { ...placed, marked: slot.is === 'W' && slot.marked } : placed;
  }

  function endIntent(slot: Slot<number>, token: string, value: number | undefined): Slot<number> {
    if (slot.is !== 'W' && value !== undefined && !keeps('valueOnlyOverIntent')) return valueSlot(value, token);
    if (slot.is !== 'W' && !keeps('doneDeletes')) return slot;
    const ended = done(slot, token, value);
    const wasMarked = slot.is === 'W' && slot.marked;
    return ended.is === 'W' && !keeps('doneMarksOthers') ? { ...ended, marked: wasMarked } : ended;
  }
}
