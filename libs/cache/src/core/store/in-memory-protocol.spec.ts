import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.js';
import { RedisSimulator } from '../../testing/redis-simulator.js';
import { InMemoryProtocol } from './in-memory-protocol.js';

const id = (number: number): string => number.toString(16).padStart(16, '0');

function givenProtocol() {
  const clock = new ManualClock();
  const server = new RedisSimulator(clock);
  return { clock, server, protocol: server.machine };
}

describe(InMemoryProtocol.name, () => {
  it('drops an intent at the end of its life', () => {
    const { clock, server, protocol } = givenProtocol();
    protocol.intent('k', id(1), 10);
    protocol.intent('k', id(2), 30);
    clock.advance(9);
    protocol.intent('k', id(3), 30);
    expect(server.text('k')).toBe(`W|1:${id(1)},21:${id(2)},30:${id(3)},!`);
    clock.advance(1);
    protocol.intent('k', id(4), 30);
    expect(server.text('k')).toBe(`W|20:${id(2)},29:${id(3)},30:${id(4)},!`);
  });
});
