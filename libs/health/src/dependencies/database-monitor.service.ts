import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HEALTH_OPTIONS, type HealthOptions } from '../health-options.js';

const PING_EVERY_MS = 1_000;
const PING_DEADLINE_MS = 500;

/**
 * Pings the database once a second in the background, so that no probe waits for the database. A probe reads the last result,
 * which is at most 1.5 s old.
 */
@Injectable()
export class DatabaseMonitor implements OnApplicationBootstrap, OnApplicationShutdown {
  #up = false;
  #everUp = false;
  #pinging = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(@Inject(HEALTH_OPTIONS) private readonly options: HealthOptions) {}

  /** Whether the database answered the last ping within 500 ms. */
  get up(): boolean {
    return this.#up;
  }

  /** Whether the database has answered any ping. */
  get everUp(): boolean {
    return this.#everUp;
  }

  get schemaReady(): boolean {
    return this.options.database.schemaReady;
  }

  /** Waits for the first ping, at most 500 ms, so that the first probe has a result to report. */
  async onApplicationBootstrap(): Promise<void> {
    this.#timer = setInterval(() => void this.ping(), PING_EVERY_MS).unref();
    await this.ping();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Pings the database and stores the result. Returns at once while an earlier ping is in flight. It never rejects. */
  async ping(): Promise<void> {
    if (this.#pinging) return;
    this.#pinging = true;
    const late = Promise.withResolvers<boolean>();
    const deadline = setTimeout(late.resolve, PING_DEADLINE_MS, false);
    this.#up = await Promise.race([this.#answers(), late.promise]);
    clearTimeout(deadline);
  }

  async #answers(): Promise<boolean> {
    try {
      await this.options.database.ping();
      this.#everUp = true;
      return true;
    } catch {
      // The database module logs the cause. A probe needs the fact only.
      return false;
    } finally {
      this.#pinging = false;
    }
  }
}
