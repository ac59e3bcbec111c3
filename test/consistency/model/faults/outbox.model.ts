import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';
import { ABSENT, acquire, fill, holdsLease, invalidate, type StoredRecord } from '../steps/record.js';

/**
 * A program changes a row without the cache, and a relay applies its changes from the outbox. At any time Redis may save its data, and
 * may restart once with the data that it saved. Each commit adds one change, so versions and positions are the same numbers.
 */
export type OutboxRule =
  /** After a new connection, nothing is read until the relay has applied the changes since the checkpoint. */
  | 'readsWaitForTheRelay'
  /** The relay begins at the checkpoint in Redis, and not at the position that it remembers. */
  | 'checkpointIsInRedis'
  /** The checkpoint names the position that the poll has read, and not the one at its end. */
  | 'positionIsOfTheRead'
  /** The checkpoint is set on the connection on which the changes were applied. */
  | 'advancesOnItsConnection';

interface State {
  readonly row: number;
  readonly record: StoredRecord<number>;
  readonly checkpoint: number;
  readonly saved: { readonly record: StoredRecord<number>; readonly checkpoint: number };
  readonly session: number;
  readonly loader: 'idle' | 'leased' | number;
  readonly relay:
    | { readonly at: 'idle' }
    | {
        readonly at: 'read' | 'applied';
        readonly from: number;
        readonly checkpoint: number;
        readonly to: number;
        readonly session: number;
      };
  /** The position that the relay remembers, and the connection on which it has applied every change. */
  readonly known: { readonly position: number; readonly session: number };
}

const MOST_COMMITS = 2;

export function outboxModel(keeps: Keeps<OutboxRule>): Model<State> {
  return {
    initial: {
      row: 0,
      record: ABSENT,
      checkpoint: 0,
      saved: { record: ABSENT, checkpoint: 0 },
      session: 0,
      loader: 'idle',
      relay: { at: 'idle' },
      known: { position: 0, session: 0 },
    },
    *next(state) {
      yield* database(state);
      yield* load(state);
      yield* relay(state);
    },
    broken(state) {
      const { record, known } = state;
      if (record.is !== 'V' || !isReadable(state) || record.value >= known.position) return undefined;
      return `v${record.value} is read after a poll has applied v${known.position}`;
    },
  };

  function isReadable({ session, known }: State): boolean {
    return !keeps('readsWaitForTheRelay') || known.session === session;
  }

  function* database(state: State): Iterable<Step<State>> {
    const { row, record, checkpoint, saved, session } = state;
    if (row < MOST_COMMITS) yield { label: `COMMIT v${row + 1}`, to: { ...state, row: row + 1 } };
    yield { label: 'Redis saves its data', to: { ...state, saved: { record, checkpoint } } };
    // A value is filled only on the connection of its lease, so the load of the former connection stores nothing.
    if (session === 0) yield { label: 'Redis restarts', to: { ...state, ...saved, session: 1, loader: 'idle' } };
  }

  function* load(state: State): Iterable<Step<State>> {
    const { loader, record, row } = state;
    if (loader === 'idle') {
      const leased = acquire(record, 'R');
      if (isReadable(state) && record.is === 'absent' && holdsLease(leased, 'R'))
        yield { label: 'LOOKUP takes the lease', to: { ...state, record: leased, loader: 'leased' } };
    } else if (loader === 'leased') {
      yield { label: `the load reads v${row}`, to: { ...state, loader: row } };
    } else {
      yield { label: `FILL v${loader}`, to: { ...state, record: fill(record, 'R', loader), loader: 'idle' } };
    }
  }

  function* relay(state: State): Iterable<Step<State>> {
    const { relay: pass, row, checkpoint, session, known } = state;
    if (pass.at === 'idle') {
      const from = keeps('checkpointIsInRedis') ? checkpoint : known.position;
      const read = { at: 'read', from, checkpoint, to: row, session } as const;
      yield { label: `the relay reads the changes from v${from} to v${row}`, to: { ...state, relay: read } };
    } else if (pass.at === 'read') {
      if (pass.session !== session) yield { label: 'the connection is gone', to: { ...state, relay: { at: 'idle' } } };
      else {
        const record = pass.to > pass.from ? invalidate(state.record) : state.record;
        yield { label: 'the relay invalidates', to: { ...state, record, relay: { ...pass, at: 'applied' } } };
      }
    } else if (pass.session !== session && keeps('advancesOnItsConnection')) {
      yield { label: 'the connection is gone', to: { ...state, relay: { at: 'idle' } } };
    } else {
      const to = keeps('positionIsOfTheRead') ? pass.to : row;
      const advanced = checkpoint === pass.checkpoint ? to : checkpoint;
      yield {
        label: `the relay sets the checkpoint to v${to}`,
        to: { ...state, checkpoint: advanced, relay: { at: 'idle' }, known: { position: to, session } },
      };
    }
  }
}
