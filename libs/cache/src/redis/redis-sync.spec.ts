import { RedisConnection, type RedisState } from '@nuthatch/redis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { givenFleet } from '../testing/fleet.js';
import { AcknowledgedNames } from './acknowledged-names.js';
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
    const acknowledged = new AcknowledgedNames(clock);
    const names = { channel: 'n:writes', server: 'n:server', heartbeat: 'n:heartbeat' };
    const proof = { gate, heartbeat: new Heartbeat(names), acknowledged };
    const { runtime } = instance();
    const times = { heartbeatMs: HEARTBEAT_MS, settlingMs: SETTLING_MS, failoverLagMs: SETTLING_MS };
    new RedisSync(redis, runtime, proof, { names, ...times }).open();
    const pass = async (ms: number): Promise<void> => {
      clock.advance(ms);
      await new Promise(setImmediate);
    };
    const recordedServer = (id: string): void => void vi.spyOn(redis, 'run').mockResolvedValue(id);
    const add = vi.spyOn(runtime.pending, 'add');
    const invalidated = (): string[] => add.mock.calls.flatMap(([{ recordKeys, tags }]) => [...recordKeys, ...tags]);
    return { report, gate, warn, pass, runtime, acknowledged, recordedServer, invalidated };
  }

  it('invalidates all entries of another server once every process has noticed the change, and stops reads until then', async () => {
    const { report, gate, runtime, recordedServer, invalidated, pass } = givenSync();
    report('first');
    gate.endCheck();
    report('second');
    recordedServer('first');
    await pass(SETTLING_MS - 1);
    expect([gate.open, invalidated()]).toEqual([false, []]);
    await pass(HEARTBEAT_MS);
    expect([gate.open, invalidated()]).toEqual([true, [runtime.keys.namespaceTag]]);
  });

  it('invalidates nothing of another server that a process has checked meanwhile', async () => {
    const { report, gate, recordedServer, invalidated, pass } = givenSync();
    report('first');
    gate.endCheck();
    report('second');
    recordedServer('second');
    await pass(SETTLING_MS);
    expect([gate.open, invalidated()]).toEqual([true, []]);
  });

  it('applies the last acknowledged invalidations again on another server, at once', () => {
    const { report, acknowledged, invalidated } = givenSync();
    report('first');
    acknowledged.add('n:c:key');
    expect(invalidated()).toEqual([]);
    report('second');
    expect(invalidated()).toEqual(['n:c:key']);
  });

  it('waits for the other processes if its first server is not the one that is recorded', async () => {
    const { report, gate, runtime, recordedServer, invalidated, pass } = givenSync();
    recordedServer('former');
    report('first');
    await pass(HEARTBEAT_MS);
    await pass(SETTLING_MS - HEARTBEAT_MS);
    expect([gate.open, invalidated()]).toEqual([false, []]);
    await pass(2 * HEARTBEAT_MS);
    expect([gate.open, invalidated()]).toEqual([true, [runtime.keys.namespaceTag]]);
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
