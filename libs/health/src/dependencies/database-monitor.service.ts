import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HEALTH_OPTIONS, type HealthOptions } from '../health-options.js';

const PING_EVERY_MS = 1_000;
const PING_DEADLINE_MS = 500;

/**
 * Knows whether the database answers, by asking it once a second in the background, so that a probe never waits for it: a
 * probe reads what the last ping found, which is at most 1.5 s old.
 */
@Injectable()
export class DatabaseMonitor implements OnApplicationBootstrap, OnApplicationShutdown {
  #up = false;
  #everUp = false;
  #pinging = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(@Inject(HEALTH_OPTIONS) private readonly options: HealthOptions) {}

  /** Whether the last ping was answered in time. */
  get up(): boolean {
    return this.#up;
  }

  /** Whether any ping was ever answered. */
  get everUp(): boolean {
    return this.#everUp;
  }

  get schemaReady(): boolean {
    return this.options.database.schemaReady;
  }

  /** Waits for the first answer, but not longer than its deadline: the first probe shall have something to tell. */
  async onApplicationBootstrap(): Promise<void> {
    this.#timer = setInterval(() => void this.ping(), PING_EVERY_MS).unref();
    await this.ping();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Asks once and remembers the answer; does nothing while an earlier ping is still out. It never rejects. */
  async ping(): Promise<void> {
    if (this.#pinging) return;
    this.#pinging = true;
    const late = Promise.withResolvers<boolean>();
    const deadline = setTimeout(late.resolve, PING_DEADLINE_MS, false);
    this.#up = await Promise.race([this.#ask(), late.promise]);
    clearTimeout(deadline);
  }

  async #ask(): Promise<boolean> {
    try {
      await this.options.database.ping();
      this.#everUp = true;
      return true;
    } catch {
      // Why it is away is the database module's to log; here only the fact counts.
      return false;
    } finally {
      this.#pinging = false;
    }
  }
}
