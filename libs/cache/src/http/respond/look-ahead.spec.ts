import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { FreshnessProof } from '../../core/coherence/freshness-proof.js';
import { Look } from '../../core/read/look.js';
import { TimeBudget } from '../../core/read/time-budget.js';
import { givenFleet } from '../../testing/fleet.js';
import { leaveLook, lookFor } from './look-ahead.js';

function given() {
  const { runtime } = givenFleet<number>().instance();
  const proof = new FreshnessProof(runtime, ['n:c:test:sk']);
  const visit = { session: 'a session', inFlightRead: proof.inFlightRead, budget: TimeBudget.of(runtime) };
  const incoming = new IncomingMessage(new Socket());
  return { proof, look: new Look<unknown>('n:c:test:sk', visit, undefined, proof), incoming };
}

describe(leaveLook, () => {
  it('leaves a look to the very request that it was for', () => {
    const { look, incoming } = given();
    leaveLook(look, incoming, new ServerResponse(incoming));
    expect(lookFor(incoming)).toBe(look);
    expect(lookFor(new IncomingMessage(new Socket()))).toBeUndefined();
  });

  it('ends it with the response, for a client that has left too', () => {
    const { proof, look, incoming } = given();
    const outgoing = new ServerResponse(incoming);
    leaveLook(look, incoming, outgoing);
    expect(proof.isValid).toBe(true);
    outgoing.emit('close');
    expect(proof.isValid).toBe(false);
  });
});

describe('of a response that has ended already', () => {
  it('a look ends at once, and is left to nobody', () => {
    const { proof, look, incoming } = given();
    const outgoing = new ServerResponse(incoming).destroy();
    leaveLook(look, incoming, outgoing);
    expect(proof.isValid).toBe(false);
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
