import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';
import { ABSENT, acquire, done, holdsLease, intent, type StoredRecord, valueRecord } from '../steps/record.js';

/**
 * An entry that may be served while stale: refreshes fill over it without a lease, from the database. One writer invalidates
 * its key, one its tag; one reader loads on a miss; two refreshes run in the background.
 */
export type RefreshRule =
  /** A refresh fills only over the very fill that it saw. */
  | 'refreshCompares'
  /** Every fill draws a new fill id. */
  | 'fillIdsAreFresh'
  /** A refresh captures the tag before it loads. */
  | 'captureBeforeLoad'
  /** Tags before age: also a stale entry is served only while its tag is current. */
  | 'tagsBeforeAge'
  /** Loads come from the primary: a replica may lag. */
  | 'loadsFromPrimary';

interface Entry {
  readonly version: number;
  readonly tag: string;
}

interface Writer {
  readonly at: 'idle' | 'begun' | 'committed' | 'acknowledged';
  readonly version: number;
}

interface Load {
  readonly at: 'idle' | 'began' | 'loaded' | 'end';
  /** What FILL must find: a lease or a fill. */
  readonly over: string;
  readonly tag: string;
  readonly version: number;
}

interface State {
  readonly record: StoredRecord<Entry>;
  readonly tag: string;
  readonly row: number;
  readonly acknowledged: number;
  readonly keyWriter: Writer;
  readonly tagWriter: Writer;
  readonly loads: readonly Load[];
}

const LOAD: Load = { at: 'idle', over: '', tag: '', version: 0 };

export function refreshModel(keeps: Keeps<RefreshRule>): Model<State> {
  return {
    initial: {
      record: valueRecord({ version: 0, tag: 't0' }, 'first'),
      tag: 't0',
      row: 0,
      acknowledged: 0,
      keyWriter: { at: 'idle', version: 0 },
      tagWriter: { at: 'idle', version: 0 },
      loads: [LOAD, LOAD],
    },
    *next(state) {
      if (state.record.is !== 'absent') yield { label: 'the record expires', to: { ...state, record: ABSENT } };
      yield* writeKey(state);
      yield* writeTag(state);
      for (const index of state.loads.keys()) yield* load(state, index);
    },
    broken({ record, tag, acknowledged }) {
      if (record.is !== 'V' || record.value.version >= acknowledged) return undefined;
      // Any entry may be past its soft end by now.
      const served = record.value.tag === tag || !keeps('tagsBeforeAge');
      return served ? `v${record.value.version} is served, v${acknowledged} was acknowledged` : undefined;
    },
  };

  function* writeKey(state: State): Iterable<Step<State>> {
    const { keyWriter } = state;
    const row = state.row + 1;
    if (keyWriter.at === 'idle') {
      yield {
        label: 'INTENT on the key',
        to: { ...state, record: intent(state.record, 'W'), keyWriter: { at: 'begun', version: 0 } },
      };
    } else if (keyWriter.at === 'begun') {
      yield { label: `COMMIT v${row}`, to: { ...state, row, keyWriter: { at: 'committed', version: row } } };
    } else if (keyWriter.at === 'committed') {
      const record = done(state.record, 'W');
      const acknowledged = Math.max(state.acknowledged, keyWriter.version);
      yield {
        label: 'DONE on the key, acknowledge',
        to: { ...state, record, acknowledged, keyWriter: { at: 'acknowledged', version: 0 } },
      };
    }
  }

  function* writeTag(state: State): Iterable<Step<State>> {
    const { tagWriter } = state;
    const row = state.row + 1;
    if (tagWriter.at === 'idle') {
      yield {
        label: `COMMIT v${row} under the tag`,
        to: { ...state, row, tagWriter: { at: 'committed', version: row } },
      };
    } else if (tagWriter.at === 'committed') {
      const acknowledged = Math.max(state.acknowledged, tagWriter.version);
      yield {
        label: 'invalidate the tag, acknowledge',
        to: { ...state, tag: 't1', acknowledged, tagWriter: { at: 'acknowledged', version: 0 } },
      };
    }
  }

  function* load(state: State, index: number): Iterable<Step<State>> {
    const { record, tag, row } = state;
    const current = state.loads[index] ?? LOAD;
    const name = `load ${index + 1}`;
    const after = (change: Partial<Load>, changed = record): State => ({
      ...state,
      record: changed,
      loads: state.loads.with(index, { ...current, ...change }),
    });

    if (current.at === 'idle' && record.is === 'V' && record.value.tag === tag) {
      yield { label: `${name} refreshes ${record.fillId}`, to: after({ at: 'began', over: record.fillId, tag }) };
    } else if (current.at === 'idle') {
      const acquired = acquire(record, name, record.is === 'V' ? record.fillId : undefined);
      const leased = holdsLease(acquired, name);
      if (leased) yield { label: `${name} ACQUIRE`, to: after({ at: 'began', over: name, tag }, acquired) };
    } else if (current.at === 'began') {
      yield { label: `${name} loads v${row}`, to: after({ at: 'loaded', version: row }) };
      const lags = !keeps('loadsFromPrimary') && row > 0;
      if (lags) yield { label: `${name} loads v0 from a replica`, to: after({ at: 'loaded', version: 0 }) };
    } else if (current.at === 'loaded') {
      const entry = { version: current.version, tag: keeps('captureBeforeLoad') ? current.tag : tag };
      const found = record.is === 'V' ? record.fillId === current.over : holdsLease(record, current.over);
      const fills = found || (record.is === 'V' && !keeps('refreshCompares'));
      const fillId = keeps('fillIdsAreFresh') ? `fill ${index + 1}` : 'first';
      yield {
        label: `${name} FILL v${entry.version}`,
        to: after({ ...LOAD, at: 'end' }, fills ? valueRecord(entry, fillId) : record),
      };
    }
  }
}
