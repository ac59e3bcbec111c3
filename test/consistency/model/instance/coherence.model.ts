import type { Model, Step } from '../checker/checker.js';
import { elsewhere, drop, EMPTY, type Local, readThrough } from '../steps/local.js';
import type { Keeps } from '../checker/proof.js';
import { done, intent, type StoredRecord, valueRecord } from '../steps/record.js';

/**
 * L1 of an instance that only receives the messages of writes. Pushes and heartbeat replies come over one connection, in order. It
 * may be half open, break, and come back. There is no clock: L1 is read only under a heartbeat younger than maxStaleness, so the promise
 * "at most maxStaleness old" is that L1 holds nothing older than what was promised when that heartbeat was sent.
 */
export type CoherenceRule =
  /** A push keeps the result of a read under way out of L1. */
  | 'pushPoisons'
  /** INTENT is pushed as well as DONE. */
  | 'intentPushed'
  /** INTENT and DONE have the same token, and both are obeyed. */
  | 'pushesNotDeduplicated'
  /** Only a value that is in L2 may enter L1. */
  | 'admitOnlyStored'
  /** The heartbeat goes over the connection that brings the pushes. */
  | 'heartbeatFollowsPushes'
  /** A heartbeat counts from when it was sent. */
  | 'heartbeatCountsFromSending'
  /** After a reconnect the first heartbeat is sent after SUBSCRIBE. */
  | 'heartbeatAfterSubscribe'
  /** Flush at `error`, when the connection is lost. */
  | 'flushAtError'
  /** Flush at `ready`, when it is back. */
  | 'flushAtReady'
  /** Flush when SUBSCRIBE is confirmed. */
  | 'flushAtConfirmation'
  /** A flush poisons the reads under way. */
  | 'flushPoisons';

/** When a write counts: at its acknowledgement, or already at its commit, because its writer may have died. */
export type Since = 'acknowledge' | 'commit';

interface State {
  readonly record: StoredRecord<number>;
  readonly row: number;
  readonly acknowledged: number;
  readonly writer: 'idle' | 'begun' | 'committed' | 'acknowledged' | 'dead';
  readonly connection: 'up' | 'half open' | 'lost' | 'ready' | 'subscribing' | 'up again';
  /** On its way to this instance. A number is the reply to a heartbeat, sent when that version was promised. */
  readonly pushes: readonly (number | 'intent' | 'done' | 'confirmed')[];
  readonly receivedIntent: boolean;
  /** What was promised when the heartbeat was sent under which L1 is read. */
  readonly coherent: number;
  readonly local: Local;
}

export function coherenceModel(keeps: Keeps<CoherenceRule>, since: Since): Model<State> {
  return {
    initial: {
      record: valueRecord(0, 'first'),
      row: 0,
      acknowledged: 0,
      writer: 'idle',
      connection: 'up',
      pushes: [],
      receivedIntent: false,
      coherent: 0,
      local: EMPTY,
    },
    *next(state) {
      // To outlive its writer an intent must not be evicted.
      if (since === 'acknowledge' || state.record.is !== 'W' || state.writer === 'dead') yield* elsewhere(state);
      yield* readThrough(state, keeps('admitOnlyStored'));
      yield* write(state);
      yield* heartbeat(state);
      yield* deliver(state);
      yield* reconnect(state);
    },
    broken({ local, coherent }) {
      if (local.l1 === null || local.l1 >= coherent) return undefined;
      return `L1 serves v${local.l1} under a heartbeat sent after v${coherent}`;
    },
  };

  function* write(state: State): Iterable<Step<State>> {
    if (state.writer === 'idle') {
      const placed = { ...state, writer: 'begun', record: intent(state.record, 'W') } as const;
      yield { label: 'INTENT', to: keeps('intentPushed') ? push(placed, 'intent') : placed };
      if (since === 'acknowledge') yield { label: 'INTENT is lost', to: { ...state, writer: 'begun' } };
    } else if (state.writer === 'begun') {
      yield { label: 'COMMIT v1', to: { ...state, writer: 'committed', row: 1 } };
    } else if (state.writer === 'committed') {
      const record = done(state.record, 'W');
      yield {
        label: 'DONE, acknowledge',
        to: push({ ...state, record, writer: 'acknowledged', acknowledged: 1 }, 'done'),
      };
      yield { label: 'the writer dies', to: { ...state, writer: 'dead' } };
    }
  }

  function* heartbeat(state: State): Iterable<Step<State>> {
    const promised = since === 'commit' ? state.row : state.acknowledged;
    if (!keeps('heartbeatFollowsPushes')) {
      yield { label: 'a heartbeat', to: { ...state, coherent: promised } };
    } else if (!state.pushes.includes(promised) && state.coherent < promised) {
      const to = push(state, promised);
      if (to !== state) yield { label: 'send a heartbeat', to };
      const early = state.connection === 'ready' && !keeps('heartbeatAfterSubscribe');
      if (early) yield { label: 'a heartbeat', to: { ...state, coherent: promised } };
    } else if (!keeps('heartbeatCountsFromSending') && !state.pushes.includes(0)) {
      yield { label: 'send a heartbeat', to: push(state, 0) };
    }
  }

  function push(state: State, message: State['pushes'][number]): State {
    const received = ['up', 'subscribing', 'up again'].includes(state.connection);
    return received ? { ...state, pushes: [...state.pushes, message] } : state;
  }

  function* deliver(state: State): Iterable<Step<State>> {
    const [message, ...pushes] = state.pushes;
    const { local } = state;
    const received = { ...state, pushes };
    if (message === 'confirmed') {
      const flushed = keeps('flushAtConfirmation') ? flush(local) : local;
      yield { label: 'SUBSCRIBE is confirmed', to: { ...received, connection: 'up again', local: flushed } };
    } else if (message === 'intent') {
      yield {
        label: 'the push of INTENT',
        to: { ...received, receivedIntent: true, local: drop(local, keeps('pushPoisons')) },
      };
    } else if (message === 'done') {
      const known = state.receivedIntent && !keeps('pushesNotDeduplicated');
      yield {
        label: 'the push of DONE',
        to: { ...received, local: known ? local : drop(local, keeps('pushPoisons')) },
      };
    } else if (message !== undefined) {
      const promised = since === 'commit' ? state.row : state.acknowledged;
      const coherent = keeps('heartbeatCountsFromSending') ? message : promised;
      yield { label: 'the heartbeat is answered', to: { ...received, coherent } };
    }
  }

  function* reconnect(state: State): Iterable<Step<State>> {
    const { connection, local } = state;
    if (connection === 'up') {
      // The server closed the connection, or a firewall dropped it. No message arrives, and the instance cannot detect it.
      yield { label: 'the connection is half open', to: { ...state, connection: 'half open', pushes: [] } };
    } else if (connection === 'half open') {
      const flushed = keeps('flushAtError') ? flush(local) : local;
      yield { label: 'error', to: { ...state, connection: 'lost', local: flushed } };
    } else if (connection === 'lost') {
      const flushed = keeps('flushAtReady') ? flush(local) : local;
      yield { label: 'ready', to: { ...state, connection: 'ready', local: flushed } };
    } else if (connection === 'ready') {
      yield { label: 'send SUBSCRIBE', to: push({ ...state, connection: 'subscribing' }, 'confirmed') };
    }
  }

  function flush(local: Local): Local {
    return drop(local, keeps('flushPoisons'));
  }
}
