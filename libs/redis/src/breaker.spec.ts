import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.js';

function givenBreaker(events: readonly ('timedOut' | 'answered' | 'connected')[]) {
  const breaker = new Breaker();
  events.forEach((event) => breaker[event]());
  return breaker;
}

describe(Breaker.name, () => {
  it('opens at the third consecutive timeout', () => {
    expect(givenBreaker(['timedOut', 'timedOut']).state).toBe('closed');
    expect(givenBreaker(['timedOut', 'timedOut', 'timedOut']).state).toBe('open');
  });

  it('starts to count again after an answer', () => {
    expect(givenBreaker(['timedOut', 'timedOut', 'answered', 'timedOut', 'timedOut']).state).toBe('closed');
  });

  it('is closed by a new connection only, not by a late answer', () => {
    expect(givenBreaker(['timedOut', 'timedOut', 'timedOut', 'answered']).state).toBe('open');
    expect(givenBreaker(['timedOut', 'timedOut', 'timedOut', 'connected']).state).toBe('closed');
  });

  it('starts to count again after a new connection', () => {
    expect(givenBreaker(['timedOut', 'timedOut', 'timedOut', 'connected', 'timedOut']).state).toBe('closed');
  });
});
