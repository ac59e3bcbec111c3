import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withLoadShedding } from './load-shedding.js';

describe(withLoadShedding, () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function givenListener({ mostInProgress = 100 } = {}) {
    const begun: IncomingMessage[] = [];
    const refused: IncomingMessage[] = [];
    const arrived: IncomingMessage[] = [];
    let probes = false;
    const server = createServer();
    const listener = withLoadShedding((request) => begun.push(request), {
      server,
      concurrency: 1,
      mostInProgress,
      isExempt: () => probes,
      arrived: (request) => arrived.push(request),
      refuse: (request) => refused.push(request),
    });
    const arrive = (exempt = false) => {
      probes = exempt;
      const request = new IncomingMessage(new Socket());
      const response = new ServerResponse(request);
      listener(request, response);
      return { request, leave: () => void (request.destroy(), response.emit('close')) };
    };
    const connect = () => server.emit('connection', new Socket());
    return { begun, refused, arrived, arrive, connect };
  }

  it('does not begin the request of a client that left while it waited', async () => {
    const { begun, arrive } = givenListener();
    const [first, second, third] = [arrive(), arrive(), arrive()];
    second.leave();
    first.leave();
    await vi.advanceTimersByTimeAsync(0);
    expect(begun).toEqual([first.request, third.request]);
  });

  it('begins no request before new connections are accepted', () => {
    const { begun, arrive, connect } = givenListener();
    connect();
    const { request } = arrive();
    expect(begun).toEqual([]);
    vi.advanceTimersByTime(20);
    expect(begun).toEqual([request]);
  });

  it('says of each request that it has arrived, before it waits or is refused', () => {
    const { arrived, begun, arrive } = givenListener({ mostInProgress: 2 });
    const requests = [arrive(), arrive(), arrive(true), arrive()].map(({ request }) => request);
    expect(arrived).toEqual(requests);
    expect(begun).toEqual([requests[0], requests[2]]);
  });

  it('begins a probe at once, although other requests wait', () => {
    const { begun, arrive } = givenListener();
    const [first] = [arrive(), arrive()];
    const probe = arrive(true);
    expect(begun).toEqual([first.request, probe.request]);
  });

  it('answers a refused request after 30 ms, so that clients cannot repeat it without a pause', () => {
    const { refused, arrive } = givenListener({ mostInProgress: 1 });
    const [, second] = [arrive(), arrive()];
    vi.advanceTimersByTime(29);
    expect(refused).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(refused).toEqual([second.request]);
  });
});
