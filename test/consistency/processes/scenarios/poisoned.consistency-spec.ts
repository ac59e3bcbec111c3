import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { recordKeyOf } from '../worker/caches.js';
import { type Fleet, PATIENT_MS, withFleet } from '../fleet/fleet.js';
import type { Instance } from '../fleet/instance.js';
import { FILL_ID, type Poison, PROTOTYPES, UNUSABLE } from './poisons.js';
import { ROWS, SPARE_ROWS } from '../worker/rows.js';
import { HEALTHY, runScenario } from './scenario.js';

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

/** Returns how a read ends that finds the poisoned text of the previous version. */
async function readPoisoned(fleet: Fleet, writer: Instance, poison: Poison, life: readonly string[]): Promise<string> {
  await fleet.command('DEL', recordKeyOf(KEY));
  await writer.tell('changeAndInvalidate', KEY);
  await writer.tell('read', { key: KEY });
  const text = await textOf(fleet, KEY);
  const poisoned = poison(text);
  if (!FILL_ID.test(text) || poisoned === text) return `not poisoned: ${text}`;
  // Now no L1 holds the row, and the poisoned text is of an old version.
  const { version } = await writer.tell('changeAndInvalidate', KEY);
  await fleet.command('SET', recordKeyOf(KEY), poisoned, ...life);
  try {
    const { versions, longestMs } = await writer.tell('read', { key: KEY });
    if (versions[0] !== version) return `version ${versions[0]} instead of ${version}`;
    return longestMs < AT_MOST_MS ? 'a miss' : `a miss after ${longestMs} ms`;
  } catch (error) {
    return String(error);
  }
}

/** Spoils the record of a random row every 30 ms, for 3 s. */
async function spoilRecords(fleet: Fleet): Promise<number> {
  const poisons = Object.values(UNUSABLE);
  let spoilt = 0;
  for (let count = 0; count < 100; count += 1) {
    const key = Math.floor(Math.random() * ROWS);
    const text = await textOf(fleet, key);
    const poison = poisons[count % poisons.length];
    if (poison && FILL_ID.test(text)) {
      await fleet.command('SET', recordKeyOf(key), poison(text), 'PX', '2000');
      spoilt += 1;
    }
    await pause(30);
  }
  return spoilt;
}

describe('another program writes into a record', () => {
  it.each([
    ['for a minute', FOR_A_MINUTE],
    ['for ever', []],
  ])('an unusable text %s: the read is a miss', async (_, life) => {
    await withPair(async (fleet, writer) => {
      const ends: Record<string, string> = {};
      for (const [name, poison] of Object.entries(UNUSABLE))
        ends[name] = await readPoisoned(fleet, writer, poison, life);
      expect(ends).toEqual(Object.fromEntries(Object.keys(ends).map((name) => [name, 'a miss'])));
    });
  });

  it('a text with __proto__: the prototype of all objects does not change', async () => {
    await withPair(async (fleet, writer, reader) => {
      await writer.tell('read', { key: KEY });
      const text = await textOf(fleet, KEY);
      for (const poison of Object.values(PROTOTYPES)) {
        expect(poison(text)).not.toBe(text);
        await fleet.command('SET', recordKeyOf(KEY), poison(text), ...FOR_A_MINUTE);
        expect(await reader.tell('read', { key: KEY, strong: true })).toMatchObject({ versions: [1], originCalls: 0 });
        expect(await reader.tell('status', undefined)).toMatchObject({ polluted: false });
      }
    });
  });

  it('unusable texts repeatedly: no read is stale', async () => {
    let spoilt = 0;
    const { broken } = await runScenario({
      name: 'poisoned',
      bound: HEALTHY,
      // Rare writes, so that reads find a spoilt text before a write replaces it.
      load: { writers: 1, writePauseMs: 400 },
      async fault(fleet) {
        spoilt = await spoilRecords(fleet);
      },
    });
    expect(broken).toEqual([]);
    expect(spoilt).toBeGreaterThan(20);
  });

  it('64 MB: reads continue', async () => {
    const { broken } = await runScenario({
      name: 'poisoned-huge',
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
