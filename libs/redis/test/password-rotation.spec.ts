import { RedisConnection } from '@nuthatch/redis';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { startRedis } from '../../../test/support/redis-server.js';

it('reads the user and the password again before each attempt to connect, so that a rotated password needs no restart', async () => {
  const server = await startRedis();
  onTestFinished(() => server.kill());
  const admin = new RedisConnection({ topology: { mode: 'single', url: server.url } });
  onTestFinished(() => admin.close());
  admin.open();
  await admin.firstAttempt;
  const order = (...words: string[]): Promise<unknown> => admin.run((client) => client.sendCommand(words));
  await order('ACL', 'SETUSER', 'app', 'on', '>first', '~*', '&*', '+@all');

  let access = { username: 'app', password: 'first' };
  const redis = new RedisConnection({ topology: { mode: 'single', url: server.url }, access: () => access });
  onTestFinished(() => redis.close());
  redis.open();
  await redis.firstAttempt;
  expect(redis.state.connected).toBe(true);

  await order('ACL', 'SETUSER', 'app', 'resetpass', '>second');
  await order('CLIENT', 'KILL', 'USER', 'app');
  await eventually(() => expect(redis.state).toMatchObject({ connected: false, lastError: 'WRONGPASS' }));
  access = { username: 'app', password: 'second' };
  await eventually(async () => expect(await redis.run((client) => client.sendCommand(['ACL', 'WHOAMI']))).toBe('app'));
});
