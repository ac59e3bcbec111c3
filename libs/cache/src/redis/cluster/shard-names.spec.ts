import { slotOf } from '@nuthatch/redis';
import { describe, expect, it } from 'vitest';
import { ShardNames } from './shard-names.js';

const namesOf = (owned: (slot: number) => boolean) =>
  new ShardNames({ nodeId: 'a1' }, (key) => owned(slotOf(key)), 'n', 'p');
const slotOfTag = (number: number) => slotOf(`{${number}}`);

describe(ShardNames.name, () => {
  it('names the channel after the node, and records in its slots', () => {
    const names = namesOf((slot) => slot === slotOfTag(7));
    expect([names.channel, names.server, names.heartbeat]).toEqual([
      'n:writes:a1',
      'n:server:{7}',
      'n:heartbeat:{7}:p',
    ]);
    expect([slotOf(names.server), slotOf(names.heartbeat)]).toEqual([slotOfTag(7), slotOfTag(7)]);
  });

  it('takes other slots when told to change, and the first again when the slots have changed', () => {
    const names = namesOf((slot) => [slotOfTag(2), slotOfTag(5)].includes(slot));
    expect(names.server).toBe('n:server:{2}');
    names.change();
    expect(names.server).toBe('n:server:{5}');
    names.reset();
    expect(names.server).toBe('n:server:{2}');
  });

  it('finds a record for any single slot, and one for a shard that has none', () => {
    for (const slot of [0, 1, 8_191, 16_383]) expect(slotOf(namesOf((owned) => owned === slot).server)).toBe(slot);
    expect(namesOf(() => false).server).toBe('n:server:{0}');
  });
});
