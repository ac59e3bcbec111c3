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
  type StoredRecord,
  valueRecord,
} from '../steps/record.js';

/**
 * A failover that one instance, the writer, notices later than the other one, the reader. The former master still accepts writes,
 * and its data is lost. Votes of the Sentinels expire on every instance, unless the Sentinels of the writer themselves lag.
 */
export type SlowInstanceRule =
  /** An instance uses its master only as long as the votes of a majority of the Sentinels count. */
  | 'votesExpire'
  /** An instance that finds another master reads nothing from it at first. */
  | 'stopsReads'
  /** It waits until the votes of every other instance have expired. */
  | 'waitsForVotes'
  /** It then invalidates the namespace tag, which every entry has. */
  | 'invalidatesNamespace'
  /** An instance that finds another master invalidates there once more what the former one has acknowledged. */
  | 'appliesAgain';

type Master = 'old' | 'new';

interface Entry {
  readonly version: number;
  readonly namespace: string;
}

interface Redis {
  readonly record: StoredRecord<Entry>;
  readonly namespace: string;
}

interface Instance {
  readonly on: Master;
  /** Whether the votes of its Sentinels count. */
  readonly confirmed: boolean;
}

interface State {
  readonly old: Redis;
  readonly new: Redis;
  readonly promoted: boolean;
  readonly sentinelsLag: boolean;
  readonly row: number;
  readonly acknowledged: number;
  /** Whether the former master acknowledged the write after the reader had begun to use the new one. */
  readonly lost: boolean;
  readonly writer: Instance & { readonly at: 'idle' | 'begun' | 'committed' | 'acknowledged' };
  readonly reader: Instance & {
    /** Whether votes from before the promotion are older than they may be. */
    readonly late: boolean;
    readonly stopped: boolean;
    readonly at: 'idle' | 'leased' | 'loaded';
    readonly loads: number;
    readonly entry: Entry;
  };
}

const FIRST: Redis = { record: valueRecord({ version: 0, namespace: 'n0' }, 'first'), namespace: 'n0' };
const START: Instance = { on: 'old', confirmed: true };
const NO_ENTRY: Entry = { version: 0, namespace: '' };

export function slowInstanceModel(keeps: Keeps<SlowInstanceRule>): Model<State> {
  return {
    initial: {
      old: FIRST,
      new: FIRST,
      promoted: false,
      sentinelsLag: false,
      row: 0,
      acknowledged: 0,
      lost: false,
      writer: { ...START, at: 'idle' },
      reader: { ...START, late: false, stopped: false, at: 'idle', loads: 0, entry: NO_ENTRY },
    },
    *next(state) {
      if (!state.promoted) {
        yield { label: 'the replica catches up', to: { ...state, new: state.old } };
        yield { label: 'the replica is promoted', to: { ...state, promoted: true } };
        yield {
          label: 'it is promoted, and the Sentinels of the writer lag',
          to: { ...state, promoted: true, sentinelsLag: true },
        };
      } else yield* failOver(state);
      for (const on of ['old', 'new'] as const) {
        const { is } = state[on].record;
        const expired = { ...state, [on]: { ...state[on], record: ABSENT } };
        if (is === 'V' || is === 'L') yield { label: `the record expires on the ${on} master`, to: expired };
      }
      if (isUsed(state.writer)) yield* write(state);
      yield* read(state);
    },
    broken({ reader, writer, acknowledged, sentinelsLag, lost, ...masters }) {
      const { record, namespace } = masters[reader.on];
      if (reader.stopped || !isUsed(reader)) return undefined;
      // Until its votes expire, an instance may read what another master has replaced.
      if (reader.on === 'old' && !reader.late) return undefined;
      // Nothing is promised of such a write while its own instance cannot know that it is lost.
      if (lost && sentinelsLag && writer.on === 'old') return undefined;
      if (record.is !== 'V' || record.value.namespace !== namespace || record.value.version >= acknowledged)
        return undefined;
      return `v${record.value.version} is read from the ${reader.on} master`;
    },
  };

  function isUsed({ on, confirmed }: Instance): boolean {
    return on === 'new' || confirmed;
  }

  function* failOver(state: State): Iterable<Step<State>> {
    const { writer, reader } = state;
    if (writer.on === 'old') {
      const record = keeps('appliesAgain') ? invalidate(state.new.record) : state.new.record;
      const repaired = writer.at === 'acknowledged' ? { ...state.new, record } : state.new;
      const to = { ...state, new: repaired, writer: { ...writer, on: 'new' } } as const;
      yield { label: 'the writer finds the new master', to };
      if (writer.confirmed && keeps('votesExpire'))
        yield { label: 'the votes of the writer expire', to: { ...state, writer: { ...writer, confirmed: false } } };
    }
    if (reader.on === 'old') {
      const moved = { ...reader, on: 'new', stopped: keeps('stopsReads') } as const;
      yield { label: 'the reader finds the new master', to: { ...state, reader: moved } };
      const late = { ...reader, late: true, confirmed: !keeps('votesExpire') };
      yield { label: 'the votes of the reader expire', to: { ...state, reader: late } };
    }
    const isOver = state.sentinelsLag || !keeps('waitsForVotes') || !keeps('votesExpire');
    if (reader.stopped && (isOver || writer.on === 'new' || !writer.confirmed)) {
      const redis = keeps('invalidatesNamespace') ? { ...state.new, namespace: 'n1' } : state.new;
      yield {
        label: 'the reader reads again',
        to: { ...state, new: redis, reader: { ...reader, stopped: false } },
      };
    }
  }

  function* write(state: State): Iterable<Step<State>> {
    const { writer, reader } = state;
    const { on } = writer;
    const redis = state[on];
    if (writer.at === 'idle') {
      const record = intent(redis.record, 'W');
      yield { label: 'INTENT', to: { ...state, [on]: { ...redis, record }, writer: { ...writer, at: 'begun' } } };
    } else if (writer.at === 'begun') {
      yield { label: 'COMMIT v1', to: { ...state, row: 1, writer: { ...writer, at: 'committed' } } };
    } else if (writer.at === 'committed') {
      const ended = { ...redis, record: done(redis.record, 'W') };
      const lost = on === 'old' && reader.on === 'new' && !reader.stopped;
      const to = { ...state, [on]: ended, acknowledged: 1, lost, writer: { ...writer, at: 'acknowledged' } } as const;
      yield { label: `DONE on the ${on} master, acknowledge`, to };
    }
  }

  function* read(state: State): Iterable<Step<State>> {
    const { reader, row } = state;
    const { on } = reader;
    const redis = state[on];
    if (reader.at === 'leased') {
      const entry = { ...reader.entry, version: row };
      yield { label: `load v${row}`, to: { ...state, reader: { ...reader, at: 'loaded', entry } } };
    } else if (reader.at === 'loaded') {
      const record = isUsed(reader) ? fill(redis.record, `R${reader.loads}`, reader.entry) : redis.record;
      const landed = { ...reader, at: 'idle', loads: reader.loads + 1 } as const;
      yield { label: `FILL v${reader.entry.version}`, to: { ...state, [on]: { ...redis, record }, reader: landed } };
    } else if (!reader.stopped && isUsed(reader) && reader.loads < 2) {
      const invalid =
        redis.record.is === 'V' && redis.record.value.namespace !== redis.namespace ? redis.record.fillId : undefined;
      const record = acquire(redis.record, `R${reader.loads}`, invalid);
      const leased = { ...reader, at: 'leased', entry: { version: 0, namespace: redis.namespace } } as const;
      if (holdsLease(record, `R${reader.loads}`))
        yield { label: `ACQUIRE on the ${on} master`, to: { ...state, [on]: { ...redis, record }, reader: leased } };
    }
  }
}
