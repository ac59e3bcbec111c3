import { describe, expect, it } from 'vitest';
import { type Vote, Votes } from './votes.js';

const first = { host: 'sentinel', port: 1 };
const second = { host: 'sentinel', port: 2 };
const third = { host: 'sentinel', port: 3 };
const old = { host: 'redis', port: 1 };
const young = { host: 'redis', port: 2 };
type Address = typeof old;
const vote = (master: Address, epoch: number, askedAt: number): Vote => ({ master, epoch, askedAt });

function given(...votes: readonly (readonly [Address, Vote | string])[]) {
  const counted = new Votes(3);
  for (const [sentinel, answer] of votes) counted.record(sentinel, answer);
  return counted;
}

describe(Votes, () => {
  it('elects no master without a majority', () => {
    expect(given([first, vote(old, 1, 0)], [second, 'ECONNREFUSED']).elect(1)).toBeUndefined();
  });

  it('elects the master of a majority, for one second from the oldest question that the majority needs', () => {
    const votes = given([first, vote(old, 1, 0)], [second, vote(old, 1, 300)], [third, vote(old, 1, 200)]);
    expect(votes.elect(400)).toEqual({ master: old, until: 1_200 });
    expect(votes.elect(1_199)).toEqual({ master: old, until: 1_200 });
    expect(votes.elect(1_200)).toBeUndefined();
  });

  it('elects the master with the highest epoch, also against a majority', () => {
    const votes = given([first, vote(young, 2, 0)], [second, vote(old, 1, 100)], [third, vote(old, 1, 100)]);
    expect(votes.elect(100)?.master).toBe(young);
  });

  it('elects the master that was named last, of several with one epoch', () => {
    expect(given([first, vote(young, 1, 200)], [second, vote(old, 1, 100)]).elect(200)?.master).toBe(young);
  });

  it('reports a failure once the other Sentinels are no majority', () => {
    expect(given([first, 'ECONNREFUSED'], [second, vote(old, 1, 0)]).failure).toBeUndefined();
    expect(given([first, 'ECONNREFUSED'], [second, 'WRONGPASS']).failure).toBe('ECONNREFUSED');
  });
});
