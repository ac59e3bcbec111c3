import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';

/**
 * A record of a cluster moves to a master whose channel one instance, the reader, does not receive yet. The record is an entry, or
 * the tag of an entry. Redis moves it as a whole, and its former master leads to the new one.
 */
export type MovingRecordRule =
  /** A step that a master leads elsewhere was not executed, and is taken there. */
  | 'takesRedirectedStep'
  /** An entry leaves L1 after a time, however long its channel is verified. */
  | 'entryEnds'
  /** A version of a tag leaves L1 after a time. */
  | 'tagEnds'
  /** That time is half of the bound: an entry may rely on a version that is as old again. */
  | 'halves'
  /** That time counts from the beginning of the read. */
  | 'fromBeginning'
  /** A message keeps the result of a read in flight out of L1. */
  | 'poisons'
  /** An instance receives the channels of all masters that it knows. */
  | 'listensToAll';

/** Ticks after which no reader may get what an acknowledged write has replaced. */
const BOUND = 4;
/** Nothing happens later that does not happen by then. */
const LAST = BOUND + 1;

type Name = 'entry' | 'tag';

interface Entry {
  readonly version: number;
  readonly tag: number;
}

interface Aged {
  /** Ticks since its read began. */
  readonly age: number;
}

interface State {
  /** The stored entry. */
  readonly entry: Entry | null;
  /** The version of the tag. */
  readonly tag: number;
  /** The record that is on the new master. */
  readonly moved: Name | null;
  readonly row: number;
  readonly writer: 'idle' | 'committed' | 'acknowledged';
  readonly writes: Name;
  /** Ticks since the write was acknowledged. */
  readonly since: number | null;
  readonly listens: boolean;
  readonly l1: (Entry & Aged) | null;
  readonly l1Tag: (Pick<Entry, 'tag'> & Aged) | null;
  readonly read: (Aged & { readonly found: Entry | null; readonly poisoned: boolean }) | null;
}

export function movingRecordModel(keeps: Keeps<MovingRecordRule>): Model<State> {
  const life = keeps('halves') ? BOUND / 2 : BOUND;
  return {
    initial: {
      entry: { version: 0, tag: 0 },
      tag: 0,
      moved: null,
      row: 0,
      writer: 'idle',
      writes: 'entry',
      since: null,
      listens: false,
      l1: null,
      l1Tag: null,
      read: null,
    },
    *next(state) {
      const { moved, listens } = state;
      if (moved === null)
        for (const name of ['entry', 'tag'] as const)
          yield { label: `the ${name} moves`, to: { ...state, moved: name } };
      else if (!listens && keeps('listensToAll'))
        yield { label: 'the reader receives the new channel', to: { ...state, listens: true } };
      if (state.l1 !== null) yield { label: 'L1 evicts the entry', to: { ...state, l1: null } };
      yield { label: 'a tick', to: tick(state) };
      yield* write(state);
      yield* read(state);
    },
    broken({ entry, tag, l1, l1Tag, since }) {
      if (since === null) return undefined;
      if (entry && entry.tag === tag && entry.version === 0) return 'v0 is stored';
      const isUsable = l1 !== null && (l1Tag === null || l1Tag.tag === l1.tag);
      return isUsable && l1.version === 0 && since >= BOUND ? 'v0 is read from L1' : undefined;
    },
  };

  function tick({ l1, l1Tag, read: inFlight, since, ...state }: State): State {
    return {
      ...state,
      l1: older(l1, keeps('entryEnds')),
      l1Tag: older(l1Tag, keeps('tagEnds')),
      read: inFlight && { ...inFlight, age: Math.min(inFlight.age + 1, LAST) },
      since: since === null ? null : Math.min(since + 1, LAST),
    };
  }

  function older<T extends Aged>(held: T | null, ends: boolean): T | null {
    if (held === null || (ends && held.age + 1 >= life)) return null;
    return { ...held, age: Math.min(held.age + 1, LAST) };
  }

  function* write(state: State): Iterable<Step<State>> {
    const { writer, writes, moved, listens, l1Tag, read: inFlight } = state;
    if (writer === 'idle')
      for (const name of ['entry', 'tag'] as const)
        yield { label: `COMMIT v1, of the ${name}`, to: { ...state, row: 1, writer: 'committed', writes: name } };
    if (writer !== 'committed') return;
    const acknowledged = { ...state, writer: 'acknowledged', since: 0 } as const;
    if (moved === writes && !keeps('takesRedirectedStep')) {
      yield { label: 'DONE is redirected, acknowledge', to: acknowledged };
      return;
    }
    const done = { ...acknowledged, ...(writes === 'entry' ? { entry: null } : { tag: 1 }) };
    const isReceived = moved !== writes || listens;
    const received = {
      ...done,
      // Without its tag, an entry in L1 is not usable.
      l1: null,
      l1Tag: writes === 'tag' ? null : l1Tag,
      read: inFlight && { ...inFlight, poisoned: inFlight.poisoned || keeps('poisons') },
    };
    yield {
      label: isReceived ? 'DONE, acknowledge' : 'DONE without a message, acknowledge',
      to: isReceived ? received : done,
    };
  }

  function* read(state: State): Iterable<Step<State>> {
    const { entry, tag, row, l1Tag, read: inFlight } = state;
    if (inFlight === null) {
      if (state.l1 === null)
        yield { label: 'a read begins', to: { ...state, read: { age: 0, found: null, poisoned: false } } };
    } else if (inFlight.found === null) {
      const known = l1Tag ?? { tag, age: inFlight.age };
      // A version from L1 rejects no entry before the store confirms it.
      const isCurrent = entry !== null && entry.tag === known.tag;
      const confirmed = isCurrent ? known : { tag, age: inFlight.age };
      const found = entry !== null && entry.tag === confirmed.tag ? entry : { version: row, tag: confirmed.tag };
      const learnt = inFlight.poisoned || confirmed.age >= life ? l1Tag : confirmed;
      yield {
        label: `it finds v${found.version}`,
        to: { ...state, entry: found, l1Tag: learnt, read: { ...inFlight, found } },
      };
    } else {
      const age = keeps('fromBeginning') ? inFlight.age : 0;
      const admitted = !inFlight.poisoned && age < life ? { ...inFlight.found, age } : state.l1;
      yield { label: `the reply v${inFlight.found.version} arrives`, to: { ...state, l1: admitted, read: null } };
    }
  }
}
