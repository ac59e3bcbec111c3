import { EventEmitter } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { announceClose, closeConnections } from './close-connections.js';

function givenServer(): { readonly server: Server; readonly calls: string[] } {
  const server = createServer();
  const calls: string[] = [];
  vi.spyOn(server, 'closeIdleConnections').mockImplementation(() => calls.push('idle'));
  vi.spyOn(server, 'closeAllConnections').mockImplementation(() => calls.push('all'));
  return { server, calls };
}

describe(announceClose, () => {
  it('adds Connection: close before an earlier listener responds', () => {
    const server = createServer();
    const headers = new Map<string, string>();
    const seen: unknown[] = [];
    server.on('request', () => seen.push(headers.get('Connection')));
    announceClose(server);
    const response = Object.assign(new EventEmitter(), {
      setHeader: (name: string, value: string) => headers.set(name, value),
    });
    server.emit('request', new EventEmitter(), response);
    expect(seen).toEqual(['close']);
  });
});

describe(closeConnections, () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('closes idle connections every 100 ms', () => {
    const { server, calls } = givenServer();
    closeConnections(server, 60_000, () => {});
    vi.advanceTimersByTime(300);
    expect(calls).toEqual(['idle', 'idle', 'idle']);
  });

  it('closes the other connections after the timeout, and reports it first', () => {
    const { server, calls } = givenServer();
    closeConnections(server, 50, () => calls.push('timeout'));
    vi.advanceTimersByTime(49);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual(['timeout', 'all']);
  });

  it('leaves no timer once it is stopped', () => {
    const { server, calls } = givenServer();
    const stop = closeConnections(server, 50, () => calls.push('timeout'));
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
