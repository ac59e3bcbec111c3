import { ABSENT, acquire, fill, holdsLease, type StoredRecord, valueRecord } from './record.js';
import type { Step } from '../checker/checker.js';

/** One instance's L1 for one key, and its read under way: a hit whose reply has not arrived, or a load. */
export interface Local {
  readonly l1: number | null;
  readonly read: Read | null;
  readonly loads: number;
}

interface Read {
  readonly at: 'loading' | 'loaded' | 'answered';
  readonly token: string;
  readonly value: number;
  /** Whether the value stands, or stood, in L2. */
  readonly stored: boolean;
  readonly poisoned: boolean;
}

interface Shared {
  readonly record: StoredRecord<number>;
  readonly row: number;
  readonly local: Local;
}

export const EMPTY: Local = { l1: null, read: null, loads: 0 };

/** What every write and every push does to the tiers of this process. */
export function drop(local: Local, poisons = true): Local {
  return { ...local, l1: null, read: local.read && { ...local.read, poisoned: poisons || local.read.poisoned } };
}

/** One read after the other: GET, ACQUIRE, load, FILL, and at last the reply, which may take any time. */
export function* readThrough<State extends Shared>(state: State, onlyStored = true): Iterable<Step<State>> {
  const { record, row, local } = state;
  const { read } = local;
  const reading = (change: Read, changed = record): State => ({
    ...state,
    record: changed,
    local: { ...local, loads: local.loads + (read ? 0 : 1), read: change },
  });

  if (!read && local.loads === 2) return;
  if (!read && record.is === 'V') {
    const hit: Read = { at: 'answered', token: '', value: record.value, stored: true, poisoned: false };
    yield { label: `GET finds v${record.value}`, to: reading(hit) };
  } else if (!read) {
    const token = `R${local.loads + 1}`;
    const miss: Read = { at: 'loading', token, value: 0, stored: false, poisoned: false };
    const acquired = acquire(record, token);
    yield { label: holdsLease(acquired, token) ? 'ACQUIRE' : 'GET finds no value', to: reading(miss, acquired) };
  } else if (read.at === 'loading') {
    yield { label: `load v${row}`, to: reading({ ...read, at: 'loaded', value: row }) };
  } else if (read.at === 'loaded') {
    const stored = holdsLease(record, read.token);
    const filled = fill(record, read.token, read.value);
    yield {
      label: stored ? `FILL v${read.value}` : 'nothing to FILL',
      to: reading({ ...read, at: 'answered', stored }, filled),
    };
  } else {
    const admitted = !read.poisoned && (read.stored || !onlyStored);
    const l1 = admitted ? read.value : local.l1;
    yield { label: `the reply v${read.value} arrives`, to: { ...state, local: { ...local, l1, read: null } } };
  }
}

/** What happens to the record without this instance: eviction, and a fill by another one. */
export function* elsewhere<State extends Shared>(state: State): Iterable<Step<State>> {
  const { record, row } = state;
  if (record.is === 'absent')
    yield { label: `another instance fills v${row}`, to: { ...state, record: valueRecord(row, 'X') } };
  else yield { label: 'the record is evicted', to: { ...state, record: ABSENT } };
}
