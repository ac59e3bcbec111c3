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
import { announceClose, endConnections } from './close-connections.js';
import { HEALTH_OPTIONS, type HealthOptions } from '../health-options.js';
import { exitOnNextSignal } from './second-signal.js';

const DRAIN_TIMEOUT_MS = 20_000;

/**
 * Takes the instance out of service without losing a request. Nest's shutdown hooks run in this order, and each step has to
 * wait for the one before:
 *
 * 1. `onModuleDestroy`: `ready` says 503, every answer says `Connection: close`; requests are served as before.
 * 2. `beforeApplicationShutdown`: on SIGTERM, time for the load balancer to notice.
 * 3. Nest closes the server: no new connections, requests in flight finish, or are cut after the timeout.
 * 4. `onApplicationShutdown`: Redis and the database close, in their own modules; nobody needs them any more.
 */
@Injectable()
export class Drain implements OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #logger = new Logger('Drain');
  #draining = false;
  #stopEnding: () => void = () => {};

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
      this.#logger.log(`SIGTERM: out of rotation, closing in ${this.options.drainDelayMs} ms`);
      await after(this.options.drainDelayMs);
    }
    const timeoutMs = this.options.drainTimeoutMs ?? DRAIN_TIMEOUT_MS;
    this.#stopEnding = endConnections(server, timeoutMs, () =>
      this.#logger.warn(`Requests were still in flight after ${timeoutMs} ms: their connections are cut`),
    );
  }

  onApplicationShutdown(): void {
    this.#stopEnding();
  }

  /** An application context has none, nor has a testing module that makes no application. */
  get #server(): Server | undefined {
    const adapter: AbstractHttpAdapter<Server> | undefined = this.adapterHost.httpAdapter;
    return adapter?.getHttpServer();
  }
}
