import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HEALTH_OPTIONS, type HealthOptions } from '../health-options.js';
import { BackgroundCheck } from './background-check.js';

const TIMES = { everyMs: 1_000, timeoutMs: 500 };

/** Pings the database once a second in the background. A probe reads the last result, which is at most 1.5 s old. */
@Injectable()
export class DatabaseMonitor implements OnApplicationBootstrap, OnApplicationShutdown {
  #everUp = false;
  readonly #check = new BackgroundCheck(() => this.#ping(), TIMES);

  constructor(@Inject(HEALTH_OPTIONS) private readonly options: HealthOptions) {}

  /** Whether the database answered the last ping within 500 ms. */
  get up(): boolean {
    return this.lastError === undefined;
  }

  /** Whether the database has answered any ping. */
  get everUp(): boolean {
    return this.#everUp;
  }

  /** Why the database did not answer the last ping: an SQLSTATE, the error of a socket, a message. */
  get lastError(): string | undefined {
    return this.#check.failure;
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
    await this.#check.start();
  }

  onApplicationShutdown(): void {
    this.#check.stop();
  }

  /** Pings the database now. Returns at once while an earlier ping is in flight. It never rejects. */
  ping(): Promise<void> {
    return this.#check.run();
  }

  async #ping(): Promise<void> {
    await this.options.database.ping();
    this.#everUp = true;
  }
}
