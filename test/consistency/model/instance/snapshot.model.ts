import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';
import { acquire, done, fill, intent, type StoredRecord, valueRecord } from '../steps/record.js';

/** A transaction changes two rows, twice. A snapshot reads both, the second one perhaps in a later turn. A loader may load at any time. */
export type SnapshotRule =
  /** All records are looked up in one step. */
  | 'looksOnce'
  /** A later look includes the earlier records, and the snapshot begins again if one has changed. */
  | 'looksAgain'
  /** A value of which a write is in progress is not used. */
  | 'waitsForWrites'
  /** A write announces itself on both records before it commits. */
  | 'announcesAll'
  /** A loaded value is used only once it is in its record. */
  | 'readsWhatIsStored';

type Row = 'a' | 'b';
type Records = Readonly<Record<Row, StoredRecord<number>>>;

interface State {
  readonly records: Records;
  /** The version of both rows in the database. */
  readonly version: number;
  readonly writer: 'idle' | 'announced a' | 'announced' | 'committed' | 'done a';
  readonly loader: { readonly row: Row; readonly loaded: number | undefined } | undefined;
  readonly loads: number;
  readonly snapshot: {
    /** The fill id and the version of what it has read. */
    readonly a: readonly [fillId: string, version: number] | undefined;
    readonly result: readonly [a: number, b: number] | undefined;
  };
}

const WRITES = 2;
const LOADS = 3;

export function snapshotModel(keeps: Keeps<SnapshotRule>): Model<State> {
  return {
    initial: {
      records: { a: valueRecord(0, 'first'), b: valueRecord(0, 'first') },
      version: 0,
      writer: 'idle',
      loader: undefined,
      loads: 0,
      snapshot: { a: undefined, result: undefined },
    },
    *next(state) {
      yield* write(state);
      yield* load(state);
      if (!state.snapshot.result) yield* read(state);
    },
    broken({ snapshot: { result } }) {
      return result && result[0] !== result[1] ? `the snapshot has a${result[0]} and b${result[1]}` : undefined;
    },
  };

  function* write(state: State): Iterable<Step<State>> {
    const { records, writer, version } = state;
    const token = `W${version + (writer === 'committed' || writer === 'done a' ? 0 : 1)}`;
    const step = (to: State['writer'], changed: Partial<Records>, rest: Partial<State> = {}): State => ({
      ...state,
      ...rest,
      writer: to,
      records: { ...records, ...changed },
    });
    if (writer === 'idle' && version < WRITES)
      yield { label: 'INTENT on a', to: step('announced a', { a: intent(records.a, token) }) };
    if (writer === 'announced a' && keeps('announcesAll'))
      yield { label: 'INTENT on b', to: step('announced', { b: intent(records.b, token) }) };
    if (writer === 'announced' || (writer === 'announced a' && !keeps('announcesAll')))
      yield { label: 'COMMIT of both rows', to: step('committed', {}, { version: version + 1 }) };
    if (writer === 'committed')
      for (const value of [version, undefined])
        yield {
          label: `DONE on a ${value === undefined ? 'without a value' : 'with its value'}`,
          to: step('done a', { a: done(records.a, token, value) }),
        };
    if (writer === 'done a') yield { label: 'DONE on b', to: step('idle', { b: done(records.b, token) }) };
  }

  function* load(state: State): Iterable<Step<State>> {
    const { records, loader, loads, version } = state;
    const token = `L${loads}`;
    if (!loader && loads < LOADS)
      for (const row of ['a', 'b'] as const) {
        if (records[row].is === 'absent')
          yield {
            label: `a loader leases ${row}`,
            to: {
              ...state,
              loads: loads + 1,
              loader: { row, loaded: undefined },
              records: { ...records, [row]: acquire(records[row], `L${loads + 1}`) },
            },
          };
      }
    if (loader?.loaded === undefined && loader)
      yield { label: `it loads version ${version}`, to: { ...state, loader: { ...loader, loaded: version } } };
    if (loader?.loaded !== undefined) {
      const { row, loaded } = loader;
      yield {
        label: `FILL of ${row}`,
        to: { ...state, loader: undefined, records: { ...records, [row]: fill(records[row], token, loaded) } },
      };
    }
  }

  function* read(state: State): Iterable<Step<State>> {
    const { records, snapshot, loader } = state;
    const a = valueOf(records.a, state);
    const b = valueOf(records.b, state);
    const loaded = !keeps('readsWhatIsStored') && loader?.row === 'b' ? loader.loaded : undefined;
    if (!snapshot.a && a) {
      yield { label: 'the snapshot reads a', to: { ...state, snapshot: { a, result: undefined } } };
      if (b && keeps('looksOnce'))
        yield { label: 'the snapshot reads a and b', to: { ...state, snapshot: { a, result: [a[1], b[1]] } } };
    }
    if (!snapshot.a) return;
    const [fillId, version] = snapshot.a;
    const looksAgain = keeps('looksOnce') && keeps('looksAgain');
    const isSame = !looksAgain || a?.[0] === fillId;
    if (!isSame)
      yield { label: 'the snapshot begins again', to: { ...state, snapshot: { a: undefined, result: undefined } } };
    else if (b)
      yield { label: 'the snapshot reads b', to: { ...state, snapshot: { a: snapshot.a, result: [version, b[1]] } } };
    if (isSame && loaded !== undefined)
      yield {
        label: 'the snapshot uses a loaded b',
        to: { ...state, snapshot: { a: snapshot.a, result: [version, loaded] } },
      };
  }

  /** What the snapshot may take from a record. */
  function valueOf(record: StoredRecord<number>, state: State): readonly [string, number] | undefined {
    if (record.is === 'V') return [record.fillId, record.value];
    // What the writer is about to replace.
    if (record.is === 'W' && !keeps('waitsForWrites')) return ['old', Math.max(0, state.version - 1)];
    return undefined;
  }
}
