import { RedisConnection, type RedisState } from '@nuthatch/redis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { givenFleet } from '../testing/fleet.js';
import { Heartbeat } from './heartbeat.js';
import { ReadGate } from './read-gate.js';
import { RedisSync } from './redis-sync.js';

const SETTLING_MS = 1_000;
const HEARTBEAT_MS = 250;

/** A connection that was never opened. The test sets what it reports. */
function givenConnection() {
  const redis = new RedisConnection({ topology: { mode: 'single', url: 'redis://127.0.0.1:1' } });
  vi.spyOn(redis, 'open').mockReturnValue();
  const listeners = vi.spyOn(redis, 'onChange');
  const report = (serverId: string | undefined, lastError?: string): void => {
    const state: RedisState = { ...redis.state, connected: serverId !== undefined, lastError };
    vi.spyOn(redis, 'serverId', 'get').mockReturnValue(serverId);
    vi.spyOn(redis, 'state', 'get').mockReturnValue(state);
    for (const [listener] of listeners.mock.calls) listener(state);
  };
  return { redis, report };
}

describe(RedisSync.name, () => {
  function givenSync() {
    const { clock, warn, instance } = givenFleet();
    const { redis, report } = givenConnection();
    vi.spyOn(redis, 'duplicate').mockReturnValue(givenConnection().redis);
    onTestFinished(() => void vi.restoreAllMocks());
    const gate = new ReadGate(clock, SETTLING_MS);
    const proof = { gate, heartbeat: new Heartbeat('n:heartbeat') };
    new RedisSync(redis, instance().runtime, proof, { channel: 'n:writes', server: 'n:server' }).open();
    const pass = async (ms: number): Promise<void> => {
      clock.advance(ms);
      await new Promise(setImmediate);
    };
    return { report, gate, warn, pass };
  }

  it('keeps reads off after the server has changed, until other processes have noticed it too', async () => {
    const { report, gate, pass } = givenSync();
    report('first');
    gate.endCheck();
    expect(gate.open).toBe(true);
    report('second');
    await pass(SETTLING_MS - 1);
    expect([gate.checking, gate.open]).toEqual([false, false]);
    await pass(1);
    expect(gate.open).toBe(true);
  });

  it('logs the refusal of a command once, and again after the server has accepted all commands', async () => {
    const { report, warn, pass } = givenSync();
    report('first', 'NOPERM');
    for (let beats = 0; beats < 3; beats += 1) await pass(HEARTBEAT_MS);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^Redis refuses commands \(NOPERM\)\./)]]);
    report('first');
    await pass(HEARTBEAT_MS);
    report('first', 'NOPERM');
    await pass(HEARTBEAT_MS);
    expect(warn).toHaveBeenCalledTimes(2);
  });

  it('logs no refusal that the connection reports while it is down', async () => {
    const { report, gate, warn, pass } = givenSync();
    report(undefined, 'READONLY');
    await pass(HEARTBEAT_MS);
    expect([gate.open, gate.refusal]).toEqual([false, 'READONLY']);
    expect(warn).not.toHaveBeenCalled();
  });
});
