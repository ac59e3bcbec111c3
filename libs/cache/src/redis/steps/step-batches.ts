import type { RedisClient, RedisConnection } from '@nuthatch/redis';
import { type Clock, SystemClock } from '../../core/clock.js';
import { Histogram } from '../../core/histogram.js';
import {
  type RedisScript,
  type ReplyOptions,
  runScript,
  type ScriptArgument,
  type ScriptStep,
  type Sender,
} from './run-script.js';

/** A call of more steps keeps the other clients of Redis waiting for longer than a few hundred microseconds. */
const MAX_STEPS = 100;

type Replies = readonly unknown[];

/** Runs a script on some steps. */
export type RunScript = (
  client: Sender,
  script: RedisScript<string>,
  steps: readonly ScriptStep<string>[],
  options?: ReplyOptions,
) => Promise<Replies>;

/** What the steps of one batch have in common besides their script. */
export interface StepOptions {
  readonly reply?: ReplyOptions | undefined;
  /** Sends, after the steps, what must succeed before their replies may be used. */
  readonly proof?: ((client: RedisClient) => Promise<void>) | undefined;
}

interface GroupOptions extends StepOptions {
  /** Receives the replies of steps that were taken although the group has failed. */
  readonly late?: ((replies: Replies) => void) | undefined;
}

const NO_OPTIONS: GroupOptions = {};
const NO_REPLIES: Replies = [];

/** One step of a group. A `shared` step of the same record is taken once for all groups, so its arguments must be equal. */
export type Step<Argument extends string> = ScriptStep<Argument> & { readonly shared?: boolean };

/**
 * Takes steps of the protocol. All steps of one script that are asked for in the same turn of the event loop travel as one call: a
 * call costs a process more than its steps do. The steps of one record are taken in the order in which they were asked for.
 */
export class StepBatches {
  /** The last batch of each kind that has not left. */
  readonly #collecting = new Map<string, StepBatch>();
  /**
   * The last batch that has a step of the record, while one has not left. Each turn has a map of its own: V8 links the table of a map
   * that is cleared to the next one, so that the batches of all later turns would leave the young generation with it.
   */
  #lastOf = new Map<string, StepBatch>();
  #begun = 0;

  constructor(
    private readonly redis: Pick<RedisConnection, 'run'>,
    private readonly clock: Clock = new SystemClock(),
    private readonly runSteps: RunScript = runScript,
    /** How long the calls took, by the name of their script. */
    readonly durations = new Map<string, Histogram>(),
  ) {}

  /** Takes a step of a script with one reply per step. Resolves to the reply, and rejects when the step fails. */
  async take<Argument extends string>(
    script: RedisScript<Argument>,
    recordKey: string,
    args: Readonly<Record<Argument, ScriptArgument>>,
    late?: GroupOptions['late'],
  ): Promise<unknown> {
    const group = this.add(script.name, script, [{ recordKey, args }], { late });
    await group.batch.answered;
    const [reply] = group.replies();
    if (reply instanceof Error) throw reply;
    return reply;
  }

  /**
   * Adds a group of steps to a call, whose groups share one promise. Groups with the same `kind` share a call, so their scripts and
   * options must be equal.
   */
  add<Argument extends string>(
    kind: string,
    script: RedisScript<Argument>,
    steps: readonly Step<Argument>[],
    options = NO_OPTIONS,
  ): StepGroup {
    const collecting = this.#collecting.get(kind);
    const joins = collecting && !collecting.isFullFor(steps.length) && !this.#isOvertaken(collecting, steps);
    const batch = joins ? collecting : new StepBatch((this.#begun += 1), script, options);
    if (!joins) {
      this.#collecting.set(kind, batch);
      queueMicrotask(() => void this.#send(kind, batch));
    }
    for (const { recordKey } of steps) this.#lastOf.set(recordKey, batch);
    return batch.add(steps, options.late);
  }

  /** Whether a later batch has a step of the same record. */
  #isOvertaken(batch: StepBatch, steps: readonly Step<string>[]): boolean {
    return steps.some(({ recordKey }) => (this.#lastOf.get(recordKey)?.number ?? 0) > batch.number);
  }

  /** Sends a batch at the end of its turn, and settles it. Never rejects. */
  async #send(kind: string, batch: StepBatch): Promise<void> {
    if (this.#collecting.get(kind) === batch) this.#collecting.delete(kind);
    if (this.#collecting.size === 0) this.#lastOf = new Map();
    const { name } = batch.script;
    const durations = this.durations.get(name) ?? new Histogram();
    this.durations.set(name, durations);
    const sentAt = this.clock.now();
    try {
      await this.redis.run((client) => batch.run(client, this.runSteps));
    } catch (error) {
      batch.fail(error);
    }
    batch.settled.resolve();
    durations.record(this.clock.now() - sentAt);
  }
}

/** The steps of one caller in a batch. */
export class StepGroup {
  constructor(
    readonly batch: StepBatch,
    /** The places of its steps in the batch. */
    private readonly places: readonly number[],
    readonly late: GroupOptions['late'],
  ) {}

  /** Returns the replies of its steps, of all that have arrived. The first reply of a step that failed is an `Error`. */
  replies(all = this.batch.replies ?? NO_REPLIES): Replies {
    const { repliesPerStep } = this.batch.script;
    const ofStep = (place: number): Replies => all.slice(repliesPerStep * place, repliesPerStep * (place + 1));
    const [single = 0] = this.places;
    return this.places.length === 1 ? ofStep(single) : this.places.flatMap(ofStep);
  }
}

class StepBatch {
  readonly #groups: StepGroup[] = [];
  readonly #steps: ScriptStep<string>[] = [];
  readonly #shared = new Map<string, number>();
  readonly settled = Promise.withResolvers<void>();
  /** Resolves when the replies are there. Rejects when the call has failed. */
  readonly answered = this.settled.promise;
  /** The replies that may be used. */
  replies: Replies | undefined;
  /** Whether the groups were rejected before the replies arrived. */
  #isRejected = false;

  constructor(
    /** Batches leave in the order of their numbers. */
    readonly number: number,
    readonly script: RedisScript<string>,
    private readonly options: StepOptions,
  ) {}

  isFullFor(steps: number): boolean {
    return this.#steps.length > 0 && this.#steps.length + steps > MAX_STEPS;
  }

  add(steps: readonly Step<string>[], late: GroupOptions['late']): StepGroup {
    const places: number[] = [];
    for (const step of steps) {
      const known = step.shared ? this.#shared.get(step.recordKey) : undefined;
      const place = known ?? this.#steps.push(step) - 1;
      if (step.shared) this.#shared.set(step.recordKey, place);
      places.push(place);
    }
    const group = new StepGroup(this, places, late);
    this.#groups.push(group);
    return group;
  }

  /** Rejects its groups. Not when it has replies: then a step has failed, and the others have not. */
  fail(error: unknown): void {
    if (this.replies) return;
    this.#isRejected = true;
    this.settled.reject(error);
  }

  /** Takes the steps. @throws the error of the first step that failed, or of the call. */
  async run(client: RedisClient, runSteps: RunScript): Promise<void> {
    const running = runSteps(client, this.script, this.#steps, this.options.reply);
    // A proof that fails is reported after the replies.
    const proving = this.options.proof?.(client).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    const replies = await running;
    const refused = proving && (await proving);
    if (this.#isRejected || refused) for (const group of this.#groups) group.late?.(group.replies(replies));
    if (refused) throw refused.error;
    this.replies = replies;
    // The connection learns from an error reply whether it may use its server.
    const failure = firstErrorOf(replies);
    if (failure) throw failure;
  }
}

/** Returns the error of the first step that failed. */
export function firstErrorOf(replies: Replies): Error | undefined {
  for (const reply of replies) if (reply instanceof Error) return reply;
  return undefined;
}
