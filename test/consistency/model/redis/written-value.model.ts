import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';
import { done, intent, type StoredRecord, valueRecord } from '../steps/record.js';

/**
 * An order shows its customer's name. Writer O changes the order and stores the new order with its DONE; writer C renames the
 * customer and invalidates the tag that the order carries. O may invalidate that tag too: then its value goes in under the
 * version that its own DONE will set.
 */
export type WrittenValueRule =
  /** A write with a value captures the tag versions before BEGIN. */
  | 'captureBeforeBegin'
  /** Without all the versions DONE stores nothing. */
  | 'valueNeedsAllTags'
  /** For a tag that the write itself invalidates, the version counts that its DONE sets, not the one found before. */
  | 'ownTagByItsDone';

interface Order {
  readonly name: number;
  readonly tag: string;
}

interface OrderWriter {
  readonly at: 'idle' | 'intent' | 'captured' | 'committed' | 'key done' | 'acknowledged';
  readonly ownTag: boolean;
  readonly tag: string;
  readonly name: number;
}

interface State {
  readonly order: StoredRecord<Order>;
  readonly tag: StoredRecord<string>;
  /** The customer's name in the database, and the newest acknowledged one. */
  readonly name: number;
  readonly acknowledged: number;
  readonly orderWriter: OrderWriter;
  readonly renamer: 'idle' | 'begun' | 'committed' | 'acknowledged';
  /** How many versions readers have given to a missing tag. */
  readonly created: number;
}

const NONE = '';

export function writtenValueModel(keeps: Keeps<WrittenValueRule>): Model<State> {
  return {
    initial: {
      order: valueRecord({ name: 0, tag: 't0' }, 'first'),
      tag: valueRecord('t0', 't0'),
      name: 0,
      acknowledged: 0,
      orderWriter: { at: 'idle', ownTag: false, tag: NONE, name: 0 },
      renamer: 'idle',
      created: 0,
    },
    *next(state) {
      if (state.tag.is === 'W') yield { label: 'the intent on the tag ends', to: { ...state, tag: { is: 'absent' } } };
      if (state.tag.is === 'absent') {
        const created = state.created + 1;
        const tag = valueRecord(`tR${created}`, `tR${created}`);
        yield { label: 'a reader creates the tag', to: { ...state, tag, created } };
      }
      yield* writeOrder(state);
      yield* rename(state);
    },
    broken({ order, tag, acknowledged }) {
      if (order.is !== 'V' || order.value.name >= acknowledged) return undefined;
      const valid = order.value.tag === 'any' || (tag.is === 'V' && order.value.tag === tag.value);
      return valid ? 'the order shows the old name' : undefined;
    },
  };

  function* writeOrder(state: State): Iterable<Step<State>> {
    const writer = state.orderWriter;
    const after = (change: Partial<OrderWriter>, rest: Partial<State> = {}): State => ({
      ...state,
      ...rest,
      orderWriter: { ...writer, ...change },
    });

    if (writer.at === 'idle') {
      const order = intent(state.order, 'O');
      yield { label: 'O INTENT on the key', to: after({ at: 'intent' }, { order }) };
      const tag = intent(state.tag, 'O');
      const to = after({ at: 'intent', ownTag: true, tag: ownVersion(state) }, { order, tag });
      yield { label: 'O INTENT on key and tag', to };
    } else if (writer.at === 'intent') {
      const early = keeps('captureBeforeBegin') && !writer.ownTag;
      const tag = early ? version(state.tag) : writer.tag;
      yield { label: `O captures ${tag || 'nothing'}`, to: after({ at: 'captured', tag }) };
    } else if (writer.at === 'captured') {
      yield { label: `O COMMIT with name ${state.name}`, to: after({ at: 'committed', name: state.name }) };
    } else if (writer.at === 'committed') {
      const tag = keeps('captureBeforeBegin') || writer.ownTag ? writer.tag : version(state.tag);
      const stored = tag === NONE && !keeps('valueNeedsAllTags') ? 'any' : tag;
      const value = stored === NONE ? undefined : { name: writer.name, tag: stored };
      const order = done(state.order, 'O', value);
      yield { label: `O DONE on the key under ${stored || 'nothing'}`, to: after({ at: 'key done' }, { order }) };
    } else if (writer.at === 'key done') {
      const tag = writer.ownTag ? done(state.tag, 'O', 'tO') : state.tag;
      yield { label: 'O DONE on its tags, acknowledge', to: after({ at: 'acknowledged' }, { tag }) };
    }
  }

  function* rename(state: State): Iterable<Step<State>> {
    if (state.renamer === 'idle') {
      yield { label: 'C INTENT on the tag', to: { ...state, tag: intent(state.tag, 'C'), renamer: 'begun' } };
      yield { label: 'C INTENT is lost', to: { ...state, renamer: 'begun' } };
    } else if (state.renamer === 'begun') {
      yield { label: 'C COMMIT', to: { ...state, name: 1, renamer: 'committed' } };
    } else if (state.renamer === 'committed') {
      const tag = done(state.tag, 'C', 'tC');
      yield {
        label: 'C DONE on the tag, acknowledge',
        to: { ...state, tag, acknowledged: 1, renamer: 'acknowledged' },
      };
    }
  }

  function ownVersion({ tag }: State): string {
    return keeps('ownTagByItsDone') ? 'tO' : version(tag);
  }
}

function version(tag: StoredRecord<string>): string {
  return tag.is === 'V' ? tag.value : NONE;
}
