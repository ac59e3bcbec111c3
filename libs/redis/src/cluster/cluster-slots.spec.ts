import { describe, expect, it } from 'vitest';
import { parseClusterSlots } from './cluster-slots.js';

describe(parseClusterSlots, () => {
  it('returns each master once, with all of its slots, and no replica', () => {
    const [one, other, replica] = [
      ['10.0.0.1', 6379, 'a', []],
      ['10.0.0.2', 6380, 'b', []],
      ['10.0.0.3', 6381, 'c', []],
    ];
    const reply = [
      [0, 99, one, replica],
      [100, 100, other],
      [101, 16383, one, replica],
    ];
    expect(parseClusterSlots(reply, 'asked')).toEqual([
      {
        id: 'a',
        address: { host: '10.0.0.1', port: 6379 },
        slots: [
          { first: 0, last: 99 },
          { first: 101, last: 16383 },
        ],
      },
      { id: 'b', address: { host: '10.0.0.2', port: 6380 }, slots: [{ first: 100, last: 100 }] },
    ]);
  });

  it.each([null, '', '?'])('takes the host that was asked for the unknown endpoint %j', (host) => {
    const [master] = parseClusterSlots([[0, 1, [host, 6379, 'a', []]]], 'asked');
    expect(master?.address).toEqual({ host: 'asked', port: 6379 });
  });

  it.each([[undefined], ['text'], [[]]])('returns nothing for the answer %j', (reply) => {
    expect(parseClusterSlots(reply, 'asked')).toEqual([]);
  });
});
