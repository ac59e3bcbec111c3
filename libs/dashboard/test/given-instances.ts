import { setTimeout as pause } from 'node:timers/promises';
import { Histogram } from '@nuthatch/cache';
import { onTestFinished } from 'vitest';
import { Orders } from '../../../test/support/redis/orders.js';
import type { Snapshot } from '../src/live/snapshot.js';

/** Messages are lost until the page has subscribed, so they are repeated. */
const EVERY_MS = 500;

/** Publishes the figures of instances that do not exist, as each instance does, until the end of the test. */
export function publishInstances(
  redisUrl: string,
  namespace: string,
  size: number,
  changedOf: (place: number) => Partial<Snapshot> = () => ({}),
): void {
  const orders = new Orders();
  const ended = new AbortController();
  const publish = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const texts = Array.from({ length: size }, (_, place) => JSON.stringify(snapshotOf(place, changedOf(place))));
      const port = Number(new URL(redisUrl).port);
      await orders.send(port, 'PING');
      await Promise.all(texts.map((text) => orders.send(port, 'PUBLISH', `${namespace}:fleet`, text)));
      await pause(EVERY_MS);
    }
  };
  const publishing = publish();
  onTestFinished(async () => {
    ended.abort();
    await publishing;
    orders.end();
  });
}

function snapshotOf(place: number, changed: Partial<Snapshot>): Snapshot {
  const none = new Histogram().toJSON();
  return {
    id: `instance-${String(place).padStart(3, '0')}`,
    host: 'nuthatch-7d9f8b6c5-x2x4z',
    uptimeMs: 123_456_789,
    reads: 1_234_567,
    hits: 1_234_000,
    shared: 0,
    loads: 567,
    errors: 0,
    pending: 0,
    position: 0,
    confirmed: {},
    channel: true,
    heartbeatAgeMs: 123,
    redis: 'connected',
    entries: 12_345,
    bytes: 12_345_678,
    hitMs: none,
    missMs: none,
    ...changed,
  };
}
