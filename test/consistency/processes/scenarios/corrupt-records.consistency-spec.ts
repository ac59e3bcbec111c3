import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { recordKeyOf } from '../worker/caches.js';
import { type Fleet, PATIENT_MS, withFleet } from '../fleet/fleet.js';
import type { Instance } from '../fleet/instance.js';
import { FILL_ID, type Corruption, PROTOTYPES, UNUSABLE } from './corruptions.js';
import { ROWS, SPARE_ROWS } from '../worker/rows.js';
import { runScenario } from './scenario.js';
import { HEALTHY } from './traffic.js';

const [KEY] = SPARE_ROWS;
/** The longest read that finds an unusable text: less than the wait for a load of another process. */
const AT_MOST_MS = 1_000;
const FOR_A_MINUTE = ['PX', '60000'];
const HUGE_BYTES = 64 * 1_024 * 1_024;

async function textOf(fleet: Fleet, key: number): Promise<string> {
  return String(await fleet.command('GET', recordKeyOf(key)));
}

async function withPair(use: (fleet: Fleet, writer: Instance, reader: Instance) => Promise<void>): Promise<void> {
  await withFleet({ operationTimeoutMs: PATIENT_MS, instances: 2 }, async (fleet) => {
    const [writer, reader] = fleet.instances;
    if (!writer || !reader) throw new Error('The fleet has fewer than two processes.');
    await use(fleet, writer, reader);
  });
}

/** Returns how a read ends that finds the corrupted text of the previous version. */
async function readCorrupted(
  fleet: Fleet,
  writer: Instance,
  corrupt: Corruption,
  life: readonly string[],
): Promise<string> {
  await fleet.command('DEL', recordKeyOf(KEY));
  await writer.send('changeAndInvalidate', KEY);
  await writer.send('read', { key: KEY });
  const text = await textOf(fleet, KEY);
  const corrupted = corrupt(text);
  if (!FILL_ID.test(text) || corrupted === text) return `not corrupted: ${text}`;
  // Now no L1 holds the row, and the corrupted text is of an old version.
  const { version } = await writer.send('changeAndInvalidate', KEY);
  await fleet.command('SET', recordKeyOf(KEY), corrupted, ...life);
  try {
    const { versions, longestMs } = await writer.send('read', { key: KEY });
    if (versions[0] !== version) return `version ${versions[0]} instead of ${version}`;
    return longestMs < AT_MOST_MS ? 'a miss' : `a miss after ${longestMs} ms`;
  } catch (error) {
    return String(error);
  }
}

/** Corrupts the record of a random row every 30 ms, for 3 s. */
async function corruptRecords(fleet: Fleet): Promise<number> {
  const corruptions = Object.values(UNUSABLE);
  let corrupted = 0;
  for (let count = 0; count < 100; count += 1) {
    const key = Math.floor(Math.random() * ROWS);
    const text = await textOf(fleet, key);
    const corrupt = corruptions[count % corruptions.length];
    if (corrupt && FILL_ID.test(text)) {
      await fleet.command('SET', recordKeyOf(key), corrupt(text), 'PX', '2000');
      corrupted += 1;
    }
    await pause(30);
  }
  return corrupted;
}

describe('another program writes into a record', () => {
  it.each([
    ['for a minute', FOR_A_MINUTE],
    ['for ever', []],
  ])('an unusable text %s: the read is a miss', async (_, life) => {
    await withPair(async (fleet, writer) => {
      const ends: Record<string, string> = {};
      for (const [name, corrupt] of Object.entries(UNUSABLE))
        ends[name] = await readCorrupted(fleet, writer, corrupt, life);
      expect(ends).toEqual(Object.fromEntries(Object.keys(ends).map((name) => [name, 'a miss'])));
    });
  });

  it('a text with __proto__: the prototype of all objects does not change', async () => {
    await withPair(async (fleet, writer, reader) => {
      await writer.send('read', { key: KEY });
      const text = await textOf(fleet, KEY);
      for (const corrupt of Object.values(PROTOTYPES)) {
        expect(corrupt(text)).not.toBe(text);
        // A text that lives longer than its value may is a miss.
        await fleet.command('SET', recordKeyOf(KEY), corrupt(text), 'PX', '30000');
        expect(await reader.send('read', { key: KEY, strong: true })).toMatchObject({ versions: [1], originCalls: 0 });
        expect(await reader.send('status', undefined)).toMatchObject({ polluted: false });
      }
    });
  });

  it('unusable texts repeatedly: no read is stale', async () => {
    let corrupted = 0;
    const { broken } = await runScenario({
      name: 'another program writes unusable records for 3 s',
      bound: HEALTHY,
      // Rare writes, so that reads find a corrupted text before a write replaces it.
      load: { writers: 1, writePauseMs: 400 },
      async fault(fleet) {
        corrupted = await corruptRecords(fleet);
      },
    });
    expect(broken).toEqual([]);
    expect(corrupted).toBeGreaterThan(20);
  });

  it('64 MB: reads continue', async () => {
    const { broken } = await runScenario({
      name: 'another program writes records of 64 MB',
      async fault(fleet) {
        const text = 'x'.repeat(HUGE_BYTES);
        for (let count = 0; count < 3; count += 1) {
          await fleet.command('SET', recordKeyOf(count), text, 'PX', '800');
          await pause(1_000);
        }
      },
    });
    expect(broken).toEqual([]);
  });
});
