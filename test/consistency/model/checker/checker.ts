/**
 * A protocol as data: its first state, its possible steps, and the states that break the promise.
 *
 * An event that may happen at any time (an expiry, a late command, a crash) is a step that is always possible. So there is no clock
 * and no scheduler: the checker explores all orders.
 */
export interface Model<State> {
  readonly initial: State;
  next(state: State): Iterable<Step<State>>;
  /** Returns how this state breaks the promise. */
  broken(state: State): string | undefined;
  /** Whether the run may end here. A state without next steps that may not end is a deadlock. */
  mayEnd?(state: State): boolean;
}

export interface Step<State> {
  readonly label: string;
  readonly to: State;
}

export interface Verdict {
  readonly states: number;
  /** The shortest way into a broken state, one line per step. Empty if there is none. */
  readonly trace: readonly string[];
}

interface Visited<State> {
  readonly state: State;
  readonly label: string;
  readonly before: Visited<State> | undefined;
}

/** A larger model would take minutes, and its traces would be unreadable. */
const MOST_STATES = 500_000;

/** Visits every reachable state, breadth first: the first broken state found has the shortest trace. */
export function explore<State>(model: Model<State>): Verdict {
  const first: Visited<State> = { state: model.initial, label: 'at the start', before: undefined };
  const seen = new Set([JSON.stringify(model.initial)]);
  const queue = [first];
  for (const visited of queue) {
    const reason = reasonAgainst(model, visited.state, model.broken(visited.state));
    if (reason !== undefined) return { states: seen.size, trace: traceTo(visited, reason) };
    for (const { label, to } of model.next(visited.state)) {
      const key = JSON.stringify(to);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push({ state: to, label, before: visited });
    }
    if (seen.size > MOST_STATES) throw new RangeError(`Not explored to the end: more than ${MOST_STATES} states`);
  }
  return { states: seen.size, trace: [] };
}

function reasonAgainst<State>(model: Model<State>, state: State, broken: string | undefined): string | undefined {
  if (broken !== undefined || !model.mayEnd || model.mayEnd(state)) return broken;
  for (const _step of model.next(state)) return undefined;
  return 'no step is possible';
}

function traceTo<State>(last: Visited<State>, reason: string): string[] {
  const labels: string[] = [];
  for (let at: Visited<State> | undefined = last; at?.before; at = at.before) labels.unshift(at.label);
  return [...labels.slice(0, -1), `${labels.at(-1) ?? 'at the start'}: ${reason}`];
}
