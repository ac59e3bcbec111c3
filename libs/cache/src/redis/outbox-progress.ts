import type { RedisConnection } from '@nuthatch/redis';
import type { OutboxProgress } from '../core/store/outbox-progress.js';
import { runScript } from './steps/run-script.js';
import { advanceCheckpoint } from './scripts.generated.js';

/** Longer than a fleet is usually stopped. Without a checkpoint, all entries are invalidated. */
const CHECKPOINT_MS = 86_400_000;
/** Longer than a relay takes for a change that it reads in time. A later one invalidates once more. */
const APPLIED_MS = 60_000;
const SEPARATOR = '\n';

/** The progress of the outbox, in Redis. */
export class RedisOutboxProgress implements OutboxProgress {
  constructor(
    private readonly redis: Pick<RedisConnection, 'run'>,
    /** The key of the checkpoint, and the first part of the keys of the changes. */
    private readonly key: string,
  ) {}

  async checkpoint(): Promise<string | undefined> {
    return (await this.redis.run((client) => client.get(this.key))) ?? undefined;
  }

  async advance(from = '', to: string): Promise<void> {
    const args = { from, to, lifeMs: CHECKPOINT_MS };
    const step = [{ recordKey: this.key, args }];
    const [reply] = await this.redis.run((client) => runScript(client, advanceCheckpoint, step));
    if (reply instanceof Error) throw reply;
  }

  async reportApplied(changes: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const expiration = { type: 'PX', value: APPLIED_MS } as const;
    await this.redis.run((client) =>
      Promise.all(
        [...changes].map(([change, names]) => client.set(this.#keyOf(change), names.join(SEPARATOR), { expiration })),
      ),
    );
  }

  async appliedNames(changes: readonly string[]): Promise<readonly (readonly string[])[]> {
    // The commands of one turn leave together.
    const texts = await this.redis.run((client) =>
      Promise.all(changes.map((change) => client.get(this.#keyOf(change)))),
    );
    return texts.map((text) => text?.split(SEPARATOR) ?? []);
  }

  #keyOf(change: string): string {
    return `${this.key}:${change}`;
  }
}
