import { describe, expect, it } from 'vitest';
import { ServerIdentity } from './server-identity.js';

const master = (runId: string) => async () => `redis_mode:standalone\r\nrole:master\r\nrun_id:${runId}\r\n`;
const untold = async (): Promise<string> => 'role:master\r\n';
const isCurrent = (): boolean => true;

describe(ServerIdentity.name, () => {
  it('identifies the server, and another connection to the same server by another session', async () => {
    const identity = new ServerIdentity('single', undefined);
    identity.begin();
    expect([await identity.check(master('a'), isCurrent), identity.id, identity.session]).toEqual([
      undefined,
      'a',
      '1:a',
    ]);
    identity.begin();
    expect([identity.id, identity.session]).toEqual([undefined, undefined]);
    await identity.check(master('a'), isCurrent);
    expect([identity.id, identity.session]).toEqual(['a', '2:a']);
  });

  it('reports another server behind the same connection, and a replica', async () => {
    const identity = new ServerIdentity('single', undefined);
    identity.begin();
    await identity.check(master('a'), isCurrent);
    expect(await identity.check(master('b'), isCurrent)).toBe('SERVER_CHANGED');
    expect(await identity.check(async () => 'role:slave\r\n', isCurrent)).toBe('READONLY');
    expect(identity.id).toBe('a');
  });

  it('reports a failure of the first check only', async () => {
    const identity = new ServerIdentity('single', undefined);
    const lost = async (): Promise<never> => Promise.reject(Object.assign(new Error(), { code: 'ECONNRESET' }));
    expect(await identity.check(lost, isCurrent)).toBe('ECONNRESET');
    await identity.check(master('a'), isCurrent);
    expect([await identity.check(lost, isCurrent), identity.id]).toEqual([undefined, 'a']);
  });

  it('ignores the answer of a connection that was replaced meanwhile', async () => {
    const identity = new ServerIdentity('single', undefined);
    expect([await identity.check(master('a'), () => false), identity.isKnown]).toEqual([undefined, false]);
  });

  it('gives the duplicate of a connection to a server without an identity the one of the original', async () => {
    const original = { serverId: 'x' as string | undefined };
    const identity = new ServerIdentity('single', original);
    identity.begin();
    await identity.check(untold, isCurrent);
    expect([identity.source, identity.id, identity.session]).toEqual(['connection', 'x', '1:x']);
    original.serverId = undefined;
    expect([identity.isKnown, identity.id, identity.session]).toEqual([true, undefined, undefined]);
  });

  it('is due with each fourth heartbeat, if the server tells its identity', async () => {
    const due = (identity: ServerIdentity): boolean[] => Array.from({ length: 8 }, () => identity.isDue());
    const identity = new ServerIdentity('single', undefined);
    await identity.check(master('a'), isCurrent);
    expect(due(identity)).toEqual([false, false, false, true, false, false, false, true]);
    const other = new ServerIdentity('single', undefined);
    await other.check(untold, isCurrent);
    expect(due(other)).not.toContain(true);
  });
});
