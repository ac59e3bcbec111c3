import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.js';

type Event = 'answered' | 'connected' | readonly [sentAt: number, timedOutAt: number];

function givenBreaker(...events: readonly Event[]) {
  const breaker = new Breaker();
  for (const event of events) {
    if (event === 'answered') breaker.answers += 1;
    else if (event === 'connected') breaker.connected();
    else breaker.timedOut(...event);
  }
  return breaker;
}

const [first, second, third] = [[0, 100] as const, [100, 200] as const, [250, 350] as const];

describe(Breaker.name, () => {
  it('opens at the third timeout in a row', () => {
    expect(givenBreaker(first, second).state).toBe('closed');
    expect(givenBreaker(first, second, third).state).toBe('open');
  });

  it('counts operations that were sent together, or during the same silence, as one timeout', () => {
    expect(givenBreaker([0, 100], [0, 100], [0, 101], [99, 199], [99, 199]).state).toBe('closed');
    expect(givenBreaker([0, 100], [0, 100], [100, 200], [150, 250], [200, 300]).state).toBe('open');
  });

  it('starts to count again after an answer', () => {
    expect(givenBreaker(first, second, 'answered', [200, 300], [300, 400]).state).toBe('closed');
  });

  it('is closed by a new connection only, not by a late answer', () => {
    expect(givenBreaker(first, second, third, 'answered').state).toBe('open');
    expect(givenBreaker(first, second, third, 'answered', [340, 440]).state).toBe('open');
    expect(givenBreaker(first, second, third, 'connected').state).toBe('closed');
  });

  it('starts to count again after a new connection', () => {
    expect(givenBreaker(first, second, third, 'connected', [400, 500]).state).toBe('closed');
  });
});
