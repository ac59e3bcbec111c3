import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';

/**
 * The data of Redis is replaced by an earlier copy of itself: a restart from an old file, or a master that copied another one for a
 * while. Acknowledged invalidations are lost. Without an outbox the cure is the tag that every entry has. Data that goes back under the
 * same identity does so by more than one heartbeat, and while an instance runs until it has repaired the loss.
 */
export type RollbackRule =
  /** A heartbeat checks that the previous one is still there. A strong read carries a heartbeat. */
  | 'heartbeatChecks'
  /** A running instance that finds another server invalidates all entries. */
  | 'otherServerInvalidates'
  /** A new instance compares the server with the one that is recorded with the data. */
  | 'serverIsRecorded'
  /** The server is recorded only after the entries from before were invalidated. */
  | 'recordedAfterInvalidation';

interface Data {
  /** The version in the record, if it holds a value. */
  readonly value: number | null;
  /** The version of the namespace's tag, and the one that the value carries. */
  readonly namespace: number;
  readonly captured: number;
  readonly heartbeats: number;
  readonly server: number | null;
}

interface State {
  readonly data: Data;
  readonly copy: Data | null;
  /** The identity of the server. */
  readonly server: number;
  readonly acknowledged: number;
  /** Whether the data went back under the same identity, and the entries were not invalidated since. */
  readonly unrepaired: boolean;
  readonly gone: boolean;
  readonly instance: {
    /** The server that it knows; `null` for a process that was not connected yet. */
    readonly knows: number | null;
    readonly confirmed: number;
    /** Whether it has to invalidate all entries before it reads one. */
    readonly pending: boolean;
    readonly restarts: number;
  };
}

const MOST_HEARTBEATS = 3;
const MOST_RESTARTS = 2;
const NEW = { knows: null, confirmed: 0, pending: false } as const;

export function rollbackModel(keeps: Keeps<RollbackRule>): Model<State> {
  return {
    initial: {
      data: { value: 0, namespace: 0, captured: 0, heartbeats: 1, server: 1 },
      copy: null,
      server: 1,
      acknowledged: 0,
      unrepaired: false,
      gone: false,
      instance: { knows: 1, confirmed: 1, pending: false, restarts: 0 },
    },
    *next(state) {
      const { data, copy, instance, acknowledged, gone, server, unrepaired } = state;
      if (!copy) yield { label: 'a copy is made', to: { ...state, copy: data } };
      if (acknowledged === 0)
        yield { label: 'v1 is written', to: { ...state, data: { ...data, value: null }, acknowledged: 1 } };
      if (copy && !gone && instance.confirmed > copy.heartbeats && instance.knows === server)
        yield { label: 'the data goes back', to: { ...state, data: copy, gone: true, unrepaired: true } };
      if (copy && !gone)
        yield { label: 'Redis restarts from the copy', to: { ...state, data: copy, gone: true, server: server + 1 } };
      if (instance.restarts < MOST_RESTARTS && !unrepaired)
        yield {
          label: 'the instance restarts',
          to: { ...state, instance: { ...NEW, restarts: instance.restarts + 1 } },
        };
      yield* keepInSync(state);
    },
    broken({ data, instance, server, acknowledged }) {
      const { knows, pending, confirmed } = instance;
      if (knows !== server || pending) return undefined;
      if (keeps('heartbeatChecks') && data.heartbeats < confirmed) return undefined;
      const old = data.value !== null && data.value < acknowledged && data.captured === data.namespace;
      return old ? `a strong read returns v${data.value}` : undefined;
    },
  };

  function* keepInSync(state: State): Iterable<Step<State>> {
    const { data, instance, server } = state;
    if (instance.knows !== server) {
      const differs =
        instance.knows === null ? keeps('serverIsRecorded') && data.server !== server : keeps('otherServerInvalidates');
      const connected = { ...instance, knows: server, confirmed: 0, pending: differs };
      yield { label: 'it connects', to: { ...state, instance: connected } };
      return;
    }
    const lost = data.heartbeats < instance.confirmed && keeps('heartbeatChecks');
    if (data.heartbeats < MOST_HEARTBEATS || lost) {
      const heartbeats = data.heartbeats + 1;
      const beaten = { ...instance, confirmed: heartbeats, pending: instance.pending || lost };
      const to = { ...state, data: { ...data, heartbeats }, instance: beaten };
      yield { label: lost ? 'a heartbeat finds a loss' : 'a heartbeat', to };
    }
    if (instance.pending) {
      const invalidated = { ...data, namespace: data.namespace + 1 };
      const to = { ...state, data: invalidated, instance: { ...instance, pending: false }, unrepaired: false };
      yield { label: 'it invalidates all entries', to };
    }
    if ((!instance.pending || !keeps('recordedAfterInvalidation')) && data.server !== server)
      yield { label: 'it records the server', to: { ...state, data: { ...data, server } } };
  }
}
