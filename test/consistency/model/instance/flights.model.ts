import type { Model, Step } from '../checker/checker.js';
import type { Since } from './coherence.model.js';
import type { Keeps } from '../checker/proof.js';

/**
 * Who may join a flight. Reading a running load's result is reading a cache: the load may have looked at the row long ago, and
 * may still run when the write that it missed is long acknowledged. Time is in ticks here, and maxStaleness is two of them.
 *
 * A flight ends in a load, or in an L2 hit that was checked with the tag versions that L1 held under its last heartbeat.
 */
export type FlightsRule =
  /** A flight is joined only until maxStaleness has passed since its evidence. */
  | 'youngOnly'
  /** Evidence: its start, or, if it used tag versions from L1, the heartbeat under which L1 was read. */
  | 'countsFromEvidence'
  /** A write here detaches the flights of its keys once its DONE is answered. */
  | 'ownWriteDetaches'
  /** And at COMMIT. */
  | 'ownCommitDetaches'
  /** Flights are registered under all their tags as well. */
  | 'registeredUnderTags'
  /** A strong read joins nothing. */
  | 'strongNeverJoins'
  /** The push of a DONE detaches. */
  | 'doneDetaches'
  /** A flush detaches. */
  | 'flushDetaches'
  /** No reader joins while the heartbeat is older than maxStaleness. */
  | 'channelVerified';

interface Flight {
  /** Ticks since its evidence. */
  readonly age: number;
  readonly value: number | null;
  readonly attached: boolean;
}

interface State {
  /** The row, and what was promised now, one tick and two ticks ago. */
  readonly row: number;
  readonly promised: readonly [now: number, oneAgo: number, twoAgo: number];
  /** The one write: by this instance or by another, to the key of the flight or to a tag of it. */
  readonly write:
    'idle' | 'own key' | 'own tag' | 'own key committed' | 'own tag committed' | 'other' | 'other committed' | 'over';
  readonly acknowledgedHere: number;
  readonly strongFloor: number;
  readonly pushes: 'none' | 'done';
  /** Its age, and the writes that the tag versions in L1 include at least. */
  readonly heartbeat: { readonly age: number; readonly received: number };
  readonly flight: Flight | null;
}

const MAX_STALENESS = 2;

export function flightsModel(keeps: Keeps<FlightsRule>, since: Since): Model<State> {
  return {
    initial: {
      row: 0,
      promised: [0, 0, 0],
      write: 'idle',
      acknowledgedHere: 0,
      strongFloor: 0,
      pushes: 'none',
      heartbeat: { age: 0, received: 0 },
      flight: null,
    },
    *next(state) {
      const { heartbeat } = state;
      yield { label: 'a tick', to: tick(state) };
      if (state.pushes === 'none') {
        yield { label: 'a heartbeat', to: { ...state, heartbeat: { age: 0, received: state.promised[0] } } };
      } else {
        const received = { ...state, pushes: 'none', heartbeat: { ...heartbeat, received: 1 } } as const;
        yield { label: 'the push of DONE', to: detach(received, keeps('doneDetaches')) };
        yield { label: 'reconnect and flush', to: detach(received, keeps('flushDetaches')) };
      }
      yield* write(state);
      yield* fly(state);
    },
    broken(state) {
      const { flight, promised, acknowledgedHere, strongFloor } = state;
      if (!flight || flight.value === null) return undefined;
      if (!keeps('strongNeverJoins') && flight.attached && flight.value < strongFloor) return 'a strong read joins v0';
      if (!joinable(state, flight)) return undefined;
      if (flight.value < acknowledgedHere) return 'the writer itself joins v0';
      return flight.value < promised[MAX_STALENESS] ? 'a reader joins v0, v1 is two ticks old' : undefined;
    },
  };

  function joinable({ heartbeat }: State, { attached, age }: Flight): boolean {
    if (keeps('youngOnly') && age >= MAX_STALENESS) return false;
    if (keeps('channelVerified') && heartbeat.age >= MAX_STALENESS) return false;
    return attached;
  }

  function* fly(state: State): Iterable<Step<State>> {
    const { flight, heartbeat } = state;
    if (!flight) {
      yield { label: 'a flight begins', to: { ...state, flight: { age: 0, value: null, attached: true } } };
    } else if (flight.value === null) {
      yield { label: `it loads v${state.row}`, to: { ...state, flight: { ...flight, value: state.row } } };
      if (heartbeat.age < MAX_STALENESS) {
        const age = keeps('countsFromEvidence') ? Math.max(flight.age, heartbeat.age) : flight.age;
        // A write here drops what L1 knew, so it is not forgotten by this instance.
        const value = Math.max(heartbeat.received, state.acknowledgedHere);
        yield { label: `it hits v${value} by the tags in L1`, to: { ...state, flight: { ...flight, age, value } } };
      }
    } else {
      yield { label: 'it lands', to: { ...state, flight: null } };
    }
  }

  function* write(state: State): Iterable<Step<State>> {
    const { write: at } = state;
    const [, oneAgo, twoAgo] = state.promised;
    const promise = { promised: [1, oneAgo, twoAgo], strongFloor: 1 } as const;
    if (at === 'idle') {
      for (const kind of ['own key', 'own tag', 'other'] as const) {
        yield { label: `a write begins: ${kind}`, to: { ...state, write: kind } };
      }
    } else if (at === 'own key' || at === 'own tag') {
      const to = detach({ ...state, row: 1 }, keeps('ownCommitDetaches') && findsFlight(at));
      yield { label: 'COMMIT v1, detach', to: { ...to, write: `${at} committed` } };
    } else if (at === 'own key committed' || at === 'own tag committed') {
      const to = detach({ ...state, ...promise, acknowledgedHere: 1 }, keeps('ownWriteDetaches') && findsFlight(at));
      yield { label: 'DONE, detach, acknowledge', to: { ...to, write: 'over' } };
    } else if (at === 'other') {
      const committed = since === 'commit' ? { row: 1, ...promise } : { row: 1 };
      yield { label: 'another instance: COMMIT v1', to: { ...state, ...committed, write: 'other committed' } };
    } else if (at === 'other committed') {
      yield { label: 'its DONE, acknowledge', to: { ...state, ...promise, pushes: 'done', write: 'over' } };
      yield { label: 'it dies', to: { ...state, write: 'over' } };
    }
  }

  function findsFlight(kind: State['write']): boolean {
    return kind.startsWith('own key') || keeps('registeredUnderTags');
  }
}

function detach(state: State, detaches: boolean): State {
  return { ...state, flight: state.flight && { ...state.flight, attached: state.flight.attached && !detaches } };
}

function tick(state: State): State {
  const [now, oneAgo] = state.promised;
  const older = (age: number): number => Math.min(age + 1, MAX_STALENESS);
  return {
    ...state,
    promised: [now, now, oneAgo],
    heartbeat: { ...state.heartbeat, age: older(state.heartbeat.age) },
    flight: state.flight && { ...state.flight, age: older(state.flight.age) },
  };
}
