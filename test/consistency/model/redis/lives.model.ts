import type { Model, Step } from '../checker/checker.js';
import type { Keeps } from '../checker/proof.js';

/**
 * How long a record stays in W: the text holds each token's life as of the last script, Redis holds the TTL, and what has
 * passed since is their difference. Time is in ticks. One writer dies and never sends DONE; the others come and go for ever. Once,
 * the clock of Redis is set back, so that the TTL grows. Readers come in every tick.
 */
export type LivesRule =
  /** The TTL is the largest life, not the newest. */
  | 'largestLife'
  /** INTENT subtracts what has passed from every life, and drops those that ended. */
  | 'intentAges'
  /** DONE does so too, and sets the TTL to what is left: else the text and the TTL are no longer of the same moment. */
  | 'doneAges'
  /** No life grows in INTENT and DONE, although the TTL grows when the clock of Redis is set back. */
  | 'livesNeverGrow'
  /** A reader that finds a TTL beyond the largest life sets it to that life. */
  | 'readerLimits';

interface Token {
  readonly name: string;
  readonly life: number;
}

interface State {
  /** The record, when it is in W. */
  readonly record: { readonly tokens: readonly Token[]; readonly ttl: number } | undefined;
  /** What remains of each intent by the writer's own reckoning. 0: no intent, or it ended. */
  readonly remaining: Readonly<Record<string, number>>;
  readonly dead: boolean;
  /** Whether the clock of Redis was set back. */
  readonly setBack: boolean;
  /** Ticks since the dead writer's intent ended, counted a little further than the longest life. */
  readonly overdue: number;
}

const LONGEST = 4;
/** How far the clock of Redis is set back. */
const SET_BACK = 10;

const LIVES: readonly Token[] = [
  { name: 'dead', life: 2 },
  { name: 'short', life: 2 },
  { name: 'long', life: LONGEST },
];

export function livesModel(keeps: Keeps<LivesRule>): Model<State> {
  return {
    initial: { record: undefined, remaining: { dead: 0, short: 0, long: 0 }, dead: false, setBack: false, overdue: 0 },
    *next(state) {
      yield { label: 'a tick', to: tick(state, keeps('readerLimits')) };
      const { record, setBack } = state;
      if (record && !setBack) {
        const grown = { ...record, ttl: record.ttl + SET_BACK };
        yield { label: 'the clock is set back', to: { ...state, record: grown, setBack: true, overdue: 0 } };
      }
      for (const token of LIVES) yield* write(state, token);
    },
    broken({ record, remaining, overdue }) {
      const open = LIVES.find(({ name }) => remaining[name]);
      if (open && !record) return `the intent of ${open.name} was cut short`;
      const forTheDead = !open && record?.tokens.some(({ name }) => name === 'dead');
      return forTheDead && overdue > LONGEST
        ? 'no writer is left, and the record is still in W for the dead one'
        : undefined;
    },
  };

  function* write(state: State, { name, life }: Token): Iterable<Step<State>> {
    if (state.remaining[name]) {
      if (name === 'dead') return;
      const remaining = { ...state.remaining, [name]: 0 };
      yield { label: `${name} DONE`, to: { ...state, record: withdraw(state.record, name), remaining } };
    } else if (!(name === 'dead' && state.dead)) {
      const remaining = { ...state.remaining, [name]: life };
      const record = place(state.record, { name, life });
      yield {
        label: `${name} INTENT for ${life}`,
        to: { ...state, record, remaining, dead: state.dead || name === 'dead' },
      };
    }
  }

  function place(record: State['record'], token: Token): State['record'] {
    const others = keeps('intentAges') ? aged(record, keeps('livesNeverGrow')) : (record?.tokens ?? []);
    const tokens = [...others.filter(({ name }) => name !== token.name), token];
    return { tokens, ttl: keeps('largestLife') ? largest(tokens) : token.life };
  }

  function withdraw(record: State['record'], done: string): State['record'] {
    if (!record) return undefined;
    const tokens = (keeps('doneAges') ? aged(record, keeps('livesNeverGrow')) : record.tokens).filter(
      ({ name }) => name !== done,
    );
    if (tokens.length === 0) return undefined;
    return { tokens, ttl: keeps('doneAges') ? largest(tokens) : record.ttl };
  }
}

/** What is left of every life, from the text and the TTL alone: a script has no other memory. */
function aged(record: State['record'], neverGrow: boolean): Token[] {
  if (!record) return [];
  const passed = Math.max(largest(record.tokens) - record.ttl, neverGrow ? 0 : Number.NEGATIVE_INFINITY);
  return record.tokens.map(({ name, life }) => ({ name, life: life - passed })).filter(({ life }) => life > 0);
}

function largest(tokens: readonly Token[]): number {
  return Math.max(...tokens.map(({ life }) => life));
}

function tick({ record: found, remaining, dead, setBack, overdue }: State, readerLimits: boolean): State {
  const record = found && readerLimits ? { ...found, ttl: Math.min(found.ttl, largest(found.tokens)) } : found;
  const left = Object.fromEntries(Object.entries(remaining).map(([name, ticks]) => [name, Math.max(0, ticks - 1)]));
  return {
    record: record && record.ttl > 1 ? { ...record, ttl: record.ttl - 1 } : undefined,
    remaining: left,
    dead,
    setBack,
    overdue: dead && !left['dead'] ? Math.min(overdue + 1, LONGEST + 1) : 0,
  };
}
