import { errorCode, isRedirection, type RedisClient, RedisUnavailableError } from '@nuthatch/redis';
import { refusalOf } from './refusal.js';
import { runScript } from './steps/run-script.js';
import { heartbeat } from './scripts.generated.js';
import type { ServerNames } from './server-names.js';

/** Longer than a process is usually cut off. A heartbeat that finds no previous one counts as a loss of data. */
const LIFE_MS = 3_600_000;

/** Receives what a failed heartbeat shows about the server. */
export interface HeartbeatListener {
  /** Called when the server answers, and refuses the write. */
  onRefused(error: Error): void;
  /** Called once when the previous heartbeat is gone: the server has lost data, or its data is from an earlier time. */
  onDataLost(): void;
}

/**
 * Writes to the server, and checks that the previous write is still there.
 *
 * A PING proves less: a server without space on its disk, a demoted master and one that has copied older data still answer it.
 * The record counts the heartbeats of this process, so a lower count comes from data of an earlier time.
 */
export class Heartbeat {
  /** The highest count that the server has confirmed. Another object after a loss, so that a loss is reported once. */
  #confirmed = { count: 0 };
  #listener: HeartbeatListener | undefined;
  #key: string;

  constructor(private readonly names: Pick<ServerNames, 'heartbeat' | 'change'>) {
    this.#key = names.heartbeat;
  }

  listen(listener: HeartbeatListener): void {
    this.#listener = listener;
  }

  /** Forgets the previous heartbeats, which another server has. */
  forget(): void {
    this.#confirmed = { count: 0 };
  }

  /**
   * Sends one heartbeat.
   *
   * @throws the error with which the server refuses the write.
   * @throws {RedisUnavailableError} when the previous heartbeat is gone.
   */
  async beat(client: RedisClient): Promise<void> {
    const key = this.names.heartbeat;
    if (key !== this.#key) this.forget();
    this.#key = key;
    const confirmed = this.#confirmed;
    const before = confirmed.count;
    const count = await this.#write(client, key);
    confirmed.count = Math.max(before, confirmed.count, count);
    if (count > before) return;
    if (this.#confirmed === confirmed) {
      this.#confirmed = { count };
      this.#listener?.onDataLost();
    }
    throw new RedisUnavailableError('its data is older than the last heartbeat');
  }

  async #write(client: RedisClient, key: string): Promise<number> {
    try {
      const [count] = await runScript(client, heartbeat, [{ recordKey: key, args: { lifeMs: LIFE_MS } }]);
      if (count instanceof Error) throw count;
      return Number(count);
    } catch (error) {
      if (isRedirection(errorCode(error))) {
        this.names.change?.();
        throw new RedisUnavailableError('its heartbeat has another server', { cause: error });
      }
      if (error instanceof Error && refusalOf(error) !== undefined) this.#listener?.onRefused(error);
      throw error;
    }
  }
}
