import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Evidence } from '../../core/coherence/freshness-proof.js';
import { Look } from '../../core/read/look.js';
import { StoreBudget } from '../../core/read/time-budget.js';
import { givenFleet } from '../../testing/fleet.js';
import { leaveLook, lookFor } from './look-ahead.js';

function given() {
  const { tiers } = givenFleet<number>().instance();
  const evidence = new Evidence(tiers, ['n:c:test:sk']);
  const visit = { session: 'a session', ticket: evidence.ticket, budget: StoreBudget.of(tiers) };
  const incoming = new IncomingMessage(new Socket());
  return { evidence, look: new Look<unknown>('n:c:test:sk', visit, undefined, evidence), incoming };
}

describe(leaveLook, () => {
  it('leaves a look to the very request that it was for', () => {
    const { look, incoming } = given();
    leaveLook(look, incoming, new ServerResponse(incoming));
    expect(lookFor(incoming)).toBe(look);
    expect(lookFor(new IncomingMessage(new Socket()))).toBeUndefined();
  });

  it('ends it with the response, for a client that has left too', () => {
    const { evidence, look, incoming } = given();
    const outgoing = new ServerResponse(incoming);
    leaveLook(look, incoming, outgoing);
    expect(evidence.holds).toBe(true);
    outgoing.emit('close');
    expect(evidence.holds).toBe(false);
  });
});

describe('of a response that has ended already', () => {
  it('a look ends at once, and is left to nobody', () => {
    const { evidence, look, incoming } = given();
    const outgoing = new ServerResponse(incoming).destroy();
    leaveLook(look, incoming, outgoing);
    expect(evidence.holds).toBe(false);
    expect(lookFor(incoming)).toBeUndefined();
  });
});

describe(Look, () => {
  it('is of one slot', () => {
    const { look } = given();
    expect(look.take('n:c:test:sanother')).toBeUndefined();
    expect(look.take('n:c:test:sk')).toBe(look);
    expect(look.take('n:c:test:sk')).toBeUndefined();
  });
});
