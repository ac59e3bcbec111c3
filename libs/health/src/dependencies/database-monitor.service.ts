import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HEALTH_OPTIONS, type HealthOptions } from '../health-options.js';

const PING_EVERY_MS = 1_000;
const PING_DEADLINE_MS = 500;
const TIMEOUT = 'TIMEOUT';

/**
 * Pings the database once a second in the background, so that no probe waits for the database. A probe reads the last result,
 * which is at most 1.5 s old.
 */
@Injectable()
export class DatabaseMonitor implements OnApplicationBootstrap, OnApplicationShutdown {
  #up = false;
  #everUp = false;
  #lastError: string | undefined;
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

  /** Why the database did not answer the last ping: an SQLSTATE, the error of a socket, a message. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  get schemaReady(): boolean {
    return this.options.database.schemaReady;
  }

  /** Whether the database refused writes at the last ping. */
  get readOnly(): boolean {
    return this.options.database.readOnly ?? false;
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
    const late = Promise.withResolvers<string>();
    const deadline = setTimeout(late.resolve, PING_DEADLINE_MS, TIMEOUT);
    this.#lastError = await Promise.race([this.#failure(), late.promise]);
    this.#up = this.#lastError === undefined;
    clearTimeout(deadline);
  }

  async #failure(): Promise<string | undefined> {
    try {
      await this.options.database.ping();
      this.#everUp = true;
      return undefined;
    } catch (error) {
      return codeOf(error);
    } finally {
      this.#pinging = false;
    }
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
