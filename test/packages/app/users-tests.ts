import { Test } from '@nestjs/testing';
import { startFaultProxy } from '@nuthatch/cache/testing';
import { CacheModule } from '@nuthatch/cache';
import { expect, it } from 'vitest';
import { userById, UsersRepository, UsersService } from './users.js';

it('answers while Redis is frozen', async () => {
  const proxy = await startFaultProxy({ port: Number(new URL(process.env['REDIS_URL'] ?? '').port) });
  const module = await Test.createTestingModule({
    imports: [CacheModule.forRoot({ redis: `redis://127.0.0.1:${proxy.port}`, caches: [userById] })],
    providers: [UsersService, UsersRepository],
  }).compile();
  await module.init();
  const users = module.get(UsersService);

  expect(await users.find('7')).toEqual({ id: '7', name: 'Ada' });
  proxy.freeze('down');
  await users.rename('7', 'Grace');
  expect(await users.find('7')).toEqual({ id: '7', name: 'Grace' });

  proxy.thaw();
  await module.close();
  await proxy.close();
});
