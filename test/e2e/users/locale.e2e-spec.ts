import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { newDatabase, startApi } from '../support/running-api.js';

it('an address is found in any letter case in a Turkish database', async () => {
  const api = await startApi(await newDatabase());
  try {
    await api.app.get(Database).write(async (db) => {
      // In Turkish, the lower case of I is not i.
      await sql`create collation turkish (provider = icu, locale = 'tr')`.execute(db);
      await sql`alter table users alter column email type text collate turkish`.execute(db);
    });
    const create = (email: string) => api.send('POST', '/users', { body: { name: 'Ivy', email } });
    const { body } = await create('IVY@MAIL.EXAMPLE');
    expect((await api.send('GET', '/users/lookup?email=ivy@mail.example')).body).toEqual(body);
    expect(await create('ivy@mail.example')).toMatchObject({ status: 409, body: { code: 'email-taken' } });
    await create('ida@mail.example');
    expect((await api.send('GET', '/users/stats')).body.data).toEqual([{ domain: 'mail.example', users: 2 }]);
  } finally {
    await api.stop();
  }
});
