import type { RedisClient, RedisConnection } from '@nuthatch/redis';
import { type Clock, SystemClock } from '../../core/clock.js';
import { Histogram } from '../../core/histogram.js';
import { type RedisScript, type ReplyOptions, runScript, type ScriptStep, type Sender } from './run-script.js';

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

/** One step of a group. A `shared` step of the same record is taken once for all groups, so its arguments must be equal. */
export type Step<Argument extends string> = ScriptStep<Argument> & { readonly shared?: boolean };

/**
 * Takes steps of the protocol. All steps of one script that are asked for in the same turn of the event loop travel as one call: a
 * call costs a process more than its steps do. The steps of one record are taken in the order in which they were asked for.
 */
export class StepBatches {
  /** The last batch of each kind that has not left. */
  readonly #collecting = new Map<string, StepBatch>();
  /** The last batch that has a step of the record, while one has not left. */
  readonly #lastOf = new Map<string, StepBatch>();
  #begun = 0;

  constructor(
    private readonly redis: Pick<RedisConnection, 'run'>,
    private readonly clock: Clock = new SystemClock(),
    private readonly runSteps: RunScript = runScript,
    /** How long the calls took, by the name of their script. */
    readonly durations = new Map<string, Histogram>(),
  ) {}

  /**
   * Takes a group of steps. Resolves to their replies, and rejects when one of them fails. Groups with the same `kind` share a
   * call, so their scripts and options must be equal.
   */
  async take<Argument extends string>(
    kind: string,
    script: RedisScript<Argument>,
    steps: readonly Step<Argument>[],
    options?: GroupOptions,
  ): Promise<Replies> {
    const group = this.add(kind, script, steps, options);
    await group.answered;
    return group.replies;
  }

  /** As {@link take}, without a promise of its own: the groups of a call share one. */
  add<Argument extends string>(
    kind: string,
    script: RedisScript<Argument>,
    steps: readonly Step<Argument>[],
    options: GroupOptions = {},
  ): StepGroup {
    let batch = this.#collecting.get(kind);
    if (!batch || batch.isFullFor(steps.length) || this.#isOvertaken(batch, steps))
      batch = this.#begin(kind, script, options);
    for (const { recordKey } of steps) this.#lastOf.set(recordKey, batch);
    return batch.add(steps, options.late);
  }

  /** Whether a later batch has a step of the same record. */
  #isOvertaken(batch: StepBatch, steps: readonly Step<string>[]): boolean {
    return steps.some(({ recordKey }) => (this.#lastOf.get(recordKey)?.number ?? 0) > batch.number);
  }

  #begin<Argument extends string>(kind: string, script: RedisScript<Argument>, options: StepOptions): StepBatch {
    this.#begun += 1;
    const batch = new StepBatch(this.#begun, script, options);
    this.#collecting.set(kind, batch);
    queueMicrotask(() => {
      if (this.#collecting.get(kind) === batch) this.#collecting.delete(kind);
      if (this.#collecting.size === 0) this.#lastOf.clear();
      const sentAt = this.clock.now();
      void batch
        .send(this.redis, this.runSteps)
        .then(() => this.#durationsOf(script.name).record(this.clock.now() - sentAt));
    });
    return batch;
  }

  #durationsOf(name: string): Histogram {
    const known = this.durations.get(name);
    if (known) return known;
    const durations = new Histogram();
    this.durations.set(name, durations);
    return durations;
  }
}

/** The steps of one caller in a batch. */
class StepGroup {
  constructor(
    private readonly batch: StepBatch,
    /** The places of its steps in the batch. */
    private readonly places: readonly number[],
    readonly late: GroupOptions['late'],
  ) {}

  /** Resolves when the replies are there. Rejects when the call has failed. */
  get answered(): Promise<void> {
    return this.batch.answered;
  }

  /** Returns the replies of its steps, once they are {@link answered}. @throws the error of a step that failed. */
  get replies(): Replies {
    const replies = this.of(this.batch.replies);
    const failure = replies.find(isError);
    if (failure) throw failure;
    return replies;
  }

  /** Returns its part of the replies of the batch. */
  of(replies: Replies): Replies {
    const { repliesPerStep } = this.batch;
    const own: unknown[] = [];
    for (const place of this.places) {
      for (let at = repliesPerStep * place; at < repliesPerStep * (place + 1); at += 1) own.push(replies[at]);
    }
    return own;
  }
}

class StepBatch {
  readonly #steps: ScriptStep<string>[] = [];
  readonly #groups: StepGroup[] = [];
  readonly #shared = new Map<string, number>();
  readonly #answered = Promise.withResolvers<void>();
  /** The replies that may be used. */
  #replies: Replies | undefined;
  /** Whether the groups were rejected before the replies arrived. */
  #isRejected = false;

  constructor(
    /** Batches leave in the order of their numbers. */
    readonly number: number,
    private readonly script: RedisScript<string>,
    private readonly options: StepOptions,
  ) {}

  get answered(): Promise<void> {
    return this.#answered.promise;
  }

  get replies(): Replies {
    return this.#replies ?? [];
  }

  get repliesPerStep(): number {
    return this.script.repliesPerStep;
  }

  isFullFor(steps: number): boolean {
    return this.#steps.length > 0 && this.#steps.length + steps > MAX_STEPS;
  }

  add(steps: readonly Step<string>[], late: GroupOptions['late']): StepGroup {
    const places: number[] = [];
    for (const step of steps) places.push(this.#placeOf(step));
    const group = new StepGroup(this, places, late);
    this.#groups.push(group);
    return group;
  }

  /** Never rejects. */
  async send(redis: Pick<RedisConnection, 'run'>, runSteps: RunScript): Promise<void> {
    try {
      await redis.run((client) => this.#run(client, runSteps));
    } catch (error) {
      if (!this.#replies) {
        this.#isRejected = true;
        return this.#answered.reject(error);
      }
    }
    this.#answered.resolve();
  }

  async #run(client: RedisClient, runSteps: RunScript): Promise<void> {
    const [answered, proof] = await Promise.allSettled([
      runSteps(client, this.script, this.#steps, this.options.reply),
      this.options.proof?.(client),
    ]);
    if (answered.status === 'rejected') throw answered.reason;
    if (this.#isRejected || proof.status === 'rejected')
      for (const group of this.#groups) group.late?.(group.of(answered.value));
    if (proof.status === 'rejected') throw proof.reason;
    this.#replies = answered.value;
    // The connection learns from an error reply whether it may use its server.
    const failure = answered.value.find(isError);
    if (failure) throw failure;
  }

  #placeOf(step: Step<string>): number {
    const known = step.shared ? this.#shared.get(step.recordKey) : undefined;
    if (known !== undefined) return known;
    const place = this.#steps.push(step) - 1;
    if (step.shared) this.#shared.set(step.recordKey, place);
    return place;
  }
}

function isError(reply: unknown): reply is Error {
  return reply instanceof Error;
}
