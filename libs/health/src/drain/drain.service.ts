import type { Server } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';
import { HEALTH_OPTIONS, type HealthOptions } from '../health-options.js';
import { announceClose, closeConnections } from './close-connections.js';
import { exitOnNextSignal } from './second-signal.js';

export const DRAIN_TIMEOUT_MS = 20_000;

/**
 * Takes the instance out of service without losing a request. Nest runs its shutdown hooks in this order, and each step waits
 * for the step before:
 *
 * 1. `onModuleDestroy`: `ready` answers 503, every response has `Connection: close`. Requests are served as before.
 * 2. `beforeApplicationShutdown`: on SIGTERM, waits until the load balancer has seen the 503.
 * 3. Nest closes the server: no new connections. Requests in flight finish, or are aborted after the timeout.
 * 4. `onApplicationShutdown`: Redis and the database close, in their own modules. No request needs them any more.
 */
@Injectable()
export class Drain implements OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger('Drain');
  #draining = false;
  #stopClosing: () => void = () => {};

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    @Inject(HEALTH_OPTIONS) private readonly options: HealthOptions,
  ) {}

  /** Whether the shutdown has begun. */
  get draining(): boolean {
    return this.#draining;
  }

  onModuleDestroy(): void {
    this.#draining = true;
    if (this.#server) announceClose(this.#server);
  }

  async beforeApplicationShutdown(signal?: string): Promise<void> {
    if (signal !== undefined) exitOnNextSignal();
    const server = this.#server;
    if (!server) return;
    if (signal === 'SIGTERM') {
      this.#logger.log(`SIGTERM: /health/ready answers 503. The server closes in ${this.options.drainDelayMs} ms.`);
      await after(this.options.drainDelayMs);
    }
    const timeoutMs = this.options.drainTimeoutMs ?? DRAIN_TIMEOUT_MS;
    this.#stopClosing = closeConnections(server, timeoutMs, () =>
      this.#logger.warn(`Requests were still in flight after ${timeoutMs} ms. Their connections are closed.`),
    );
  }

  onApplicationShutdown(): void {
    this.#stopClosing();
  }

  /** `undefined` in an application context, and in a testing module without an application. */
  get #server(): Server | undefined {
    const adapter: AbstractHttpAdapter<Server> | undefined = this.adapterHost.httpAdapter;
    return adapter?.getHttpServer();
  }
}
