import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Fleet, withFleet } from '../fleet/fleet.js';
import type { Instance } from '../fleet/instance.js';
import { SPARE_ROWS } from '../worker/rows.js';

const [KEY] = SPARE_ROWS;
const MAX_STALENESS_MS = 1_000;

interface Given {
  readonly fleet: Fleet;
  readonly writer: Instance;
  /** The process that holds the row in L1. No load runs there. */
  readonly holder: Instance;
}

async function givenHolder(use: (given: Given) => Promise<void>): Promise<void> {
  await withFleet({ instances: 2 }, async (fleet) => {
    const [writer, holder] = fleet.instances;
    if (!writer || !holder) throw new Error('The fleet has fewer than two processes.');
    await holder.send('read', { key: KEY });
    const again = await holder.send('read', { key: KEY });
    expect(again).toMatchObject({ versions: [1], originCalls: 0 });
    await use({ fleet, writer, holder });
  });
}

describe('a process that missed the invalidation of a write', () => {
  it('does not serve its old entry once its channel is back', async () => {
    await givenHolder(async ({ fleet, writer, holder }) => {
      const [, proxy] = fleet.proxies;
      proxy?.refuse();
      await fleet.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await writer.send('changeAndInvalidate', KEY);
      await proxy?.accept();
      await fleet.settled();
      expect(await holder.send('read', { key: KEY })).toMatchObject({ versions: [2] });
    });
  });

  it('does not serve its old entry after maxStaleness', async () => {
    await givenHolder(async ({ fleet, writer, holder }) => {
      const [, proxy] = fleet.proxies;
      proxy?.freeze('down', 'nuthatch-pushes');
      expect(await writer.send('changeAndInvalidate', KEY)).toMatchObject({ applied: 'applied' });
      await pause(MAX_STALENESS_MS);
      // The silent connection is still open, so only the clock ends the entry.
      for (let count = 0; count < 50; count += 1) {
        expect(await holder.send('read', { key: KEY })).toMatchObject({ versions: [2] });
        await pause(10);
      }
    });
  });

  it('does not serve its old entry after its event loop was blocked', async () => {
    await givenHolder(async ({ writer, holder }) => {
      const blocked = holder.send('block', 2_000);
      // The read arrives before the invalidation message.
      const read = holder.send('read', { key: KEY });
      await pause(200);
      expect(await writer.send('changeAndInvalidate', KEY)).toMatchObject({ applied: 'applied' });
      await blocked;
      expect(await read).toMatchObject({ versions: [2] });
    });
  });
});
