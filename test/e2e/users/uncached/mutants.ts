import type { Cache } from '@nuthatch/cache';
import { vi } from 'vitest';
import { uuidV7 } from '../../../../apps/api/src/database/uuid-v7.js';
import { type User, userEtags } from '../../../../apps/api/src/users/user.js';
import { userById, usersTag } from '../../../../apps/api/src/users/users.cache.js';
import { UsersRepository } from '../../../../apps/api/src/users/users.repository.js';
import { UsersService } from '../../../../apps/api/src/users/users.service.js';
import type { RunningApi } from '../../support/running-api.js';

type Mutant = (api: RunningApi) => RunningApi['send'];

/** Faults of a cache. Each returns a `send` to the faulty API and lasts until the mocks are restored. */
export const mutants: Readonly<Record<string, Mutant>> = {
  'a change that bypasses the cache': ({ app, send }) => {
    const rows = app.get(UsersRepository);
    vi.spyOn(app.get(UsersService), 'update').mockImplementation((id, change, versions) =>
      rows.update(id, change, { versions }),
    );
    return send;
  },
  'a removal that bypasses the cache': ({ app, send }) => {
    const rows = app.get(UsersRepository);
    vi.spyOn(app.get(UsersService), 'remove').mockImplementation((id, versions) => rows.remove(id, { versions }));
    return send;
  },
  'a create that does not invalidate the lists': ({ app, send }) => {
    const [cache, rows] = [app.get<Cache<string, User>>(userById.token), app.get(UsersRepository)];
    vi.spyOn(app.get(UsersService), 'create').mockImplementation((details) => {
      const id = uuidV7();
      return cache.writeThrough(id, () => rows.create(id, details));
    });
    return send;
  },
  'a change that does not invalidate the address': ({ app, send }) => {
    const [cache, rows] = [app.get<Cache<string, User>>(userById.token), app.get(UsersRepository)];
    vi.spyOn(app.get(UsersService), 'update').mockImplementation((id, change, versions) =>
      cache.writeThrough(id, () => rows.update(id, change, { versions }), { tags: [usersTag] }),
    );
    return send;
  },
  'an ignored If-Match': ({ send }) => {
    vi.spyOn(userEtags, 'accepted').mockReturnValue(undefined);
    return send;
  },
  'a 304 for every If-None-Match':
    ({ send }) =>
    async (method, path, sent) => {
      const answer = await send(method, path, sent);
      const conditional = answer.status === 200 && sent?.headers?.['if-none-match'] !== undefined;
      return conditional ? { ...answer, status: 304, text: '', body: undefined } : answer;
    },
  'an ignored If-None-Match':
    ({ send }) =>
    (method, path, sent) => {
      const { 'if-none-match': _unread, ...headers } = sent?.headers ?? {};
      return send(method, path, method === 'GET' ? { ...sent, headers } : sent);
    },
};
