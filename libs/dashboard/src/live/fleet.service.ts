import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CacheRegistry } from '@nuthatch/cache';
import { REDIS_CONNECTION, type RedisConnection } from '@nuthatch/redis';
import { DASHBOARD_OPTIONS, type DashboardOptions } from '../dashboard-options.js';
import { Confirmations, GONE_MS } from './confirmations.js';
import { type Snapshot, snapshotOf } from './snapshot.js';
import { AGES } from './staleness.js';
import { type FleetView, type Received, viewOf } from './tick.js';

const PUBLISH_MS = 2_000;
const TICK_MS = 1_000;
const KEPT_MS = 60_000;
const MOST_INSTANCES = 500;

/**
 * Publishes the figures of this instance, and receives those of all instances: they confirm the writes of each other's journals. The
 * figures are kept while a page is open.
 */
@Injectable()
export class Fleet implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #identity = { id: randomBytes(4).toString('hex'), host: hostname() };
  readonly #received = new Map<string, Received[]>();
  readonly #confirmations = new Confirmations();
  readonly #viewers = new Set<(view: FleetView) => void>();
  readonly #channel: string;
  #publishing: NodeJS.Timeout | undefined;
  #ticking: NodeJS.Timeout | undefined;
  #subscriber: RedisConnection | undefined;

  constructor(
    private readonly registry: CacheRegistry,
    @Inject(REDIS_CONNECTION) private readonly redis: RedisConnection | null,
    @Inject(DASHBOARD_OPTIONS) { namespace }: DashboardOptions,
  ) {
    this.#channel = `${namespace}:fleet`;
  }

  onApplicationBootstrap(): void {
    if (!this.redis) return;
    this.#publishing = setInterval(() => this.#publish(), PUBLISH_MS).unref();
    this.#subscriber = this.#subscribe(this.redis);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#publishing);
    this.#viewers.clear();
    this.#stop();
    await this.#subscriber?.close();
  }

  /** Calls `viewer` once per second with the figures of the fleet. Returns a function that ends this. */
  watch(viewer: (view: FleetView) => void): () => void {
    this.#viewers.add(viewer);
    if (this.#viewers.size === 1) this.#start();
    return () => {
      if (this.#viewers.delete(viewer) && this.#viewers.size === 0) this.#stop();
    };
  }

  #start(): void {
    this.#receive(this.#snapshot());
    this.#ticking = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  #stop(): void {
    clearInterval(this.#ticking);
    this.#received.clear();
  }

  #subscribe(redis: RedisConnection): RedisConnection {
    const subscriber = redis.duplicate('nuthatch-dashboard');
    // The driver subscribes again by itself only on the same connection.
    subscriber.onChange(({ connected }) => {
      if (connected) void subscriber.subscribe(this.#channel, (message) => this.#onMessage(message)).catch(() => {});
    });
    subscriber.open();
    return subscriber;
  }

  #publish(): void {
    const text = JSON.stringify(this.#snapshot());
    // Without Redis there is no fleet to inform.
    this.redis?.run((client) => client.publish(this.#channel, text)).catch(() => {});
  }

  #tick(): void {
    this.#receive(this.#snapshot());
    const now = performance.now();
    for (const [id, received] of this.#received) {
      const kept = received.filter(({ at }) => now - at <= KEPT_MS);
      if (now - (kept.at(-1)?.at ?? 0) > GONE_MS) this.#received.delete(id);
      else this.#received.set(id, kept);
    }
    const view = viewOf([...this.#received.values()], now, Date.now());
    for (const viewer of this.#viewers) viewer(view);
  }

  #snapshot(): Snapshot {
    const confirmed = this.#confirmations.at(performance.now(), this.registry.channel.heartbeatAgeMs);
    return snapshotOf(this.registry, { ...this.#identity, confirmed }, this.redis);
  }

  #onMessage(message: string): void {
    const snapshot = parseSnapshot(message);
    // This instance takes its own figures from their source, and more often.
    if (!snapshot || snapshot.id === this.#identity.id) return;
    const { id, host, position, confirmed } = snapshot;
    this.#confirmations.received(id, position, performance.now());
    const own = confirmed[this.#identity.id];
    if (own !== undefined) this.registry.journal.confirm(`${host} ${id}`, own);
    if (this.#viewers.size > 0) this.#receive(snapshot);
  }

  #receive(snapshot: Snapshot): void {
    const known = this.#received.get(snapshot.id);
    if (!known && this.#received.size >= MOST_INSTANCES) return;
    this.#received.set(snapshot.id, [...(known ?? []), { at: performance.now(), snapshot }]);
  }
}

/** Returns `undefined` for a message of another program or release. */
function parseSnapshot(message: string): Snapshot | undefined {
  try {
    const parsed: unknown = JSON.parse(message);
    return isSnapshot(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const NUMBERS = ['uptimeMs', 'reads', 'hits', 'shared', 'loads', 'errors', 'pending', 'position', 'entries', 'bytes'];

function isSnapshot(value: unknown): value is Snapshot {
  if (typeof value !== 'object' || value === null) return false;
  const member = (name: string): unknown => Reflect.get(value, name);
  return (
    typeof member('id') === 'string' &&
    typeof member('host') === 'string' &&
    typeof member('channel') === 'boolean' &&
    NUMBERS.every((name) => typeof member(name) === 'number') &&
    [undefined, 'connected', 'down', 'breaker open'].some((use) => use === member('redis')) &&
    hasNumbers(member('confirmed')) &&
    isHistogram(member('hitMs')) &&
    isHistogram(member('missMs')) &&
    (member('staleness') === undefined || isStaleness(member('staleness')))
  );
}

function isHistogram(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return typeof Reflect.get(value, 'sumMs') === 'number' && Array.isArray(Reflect.get(value, 'counts'));
}

function hasNumbers(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((member) => typeof member === 'number')
  );
}

/** A message has two entries, each with four ages, each with the same counts. */
function isStaleness(value: unknown): boolean {
  return ['written', 'derived'].every((entry) =>
    AGES.every((age) =>
      ['compared', 'stale'].every(
        (count) => typeof memberOf(memberOf(memberOf(value, entry), age), count) === 'number',
      ),
    ),
  );
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
