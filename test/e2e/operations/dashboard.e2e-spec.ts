import { expect, it, onTestFinished } from 'vitest';
import { newDatabase, startApi } from '../support/running-api.js';

const ADMIN_TOKENS = 'ops:read:operator-secret-0123456789';
const paths = ['/dashboard/session', '/dashboard/live', '/dashboard/live/instances'];

/** Requests the page, then its paths that need a session, without one. */
async function statusesWith(environment: Readonly<Record<string, string>>): Promise<readonly number[]> {
  const api = await startApi({ ...(await newDatabase()), ADMIN_TOKENS, ...environment });
  onTestFinished(() => api.stop());
  const answers = await Promise.all(paths.map((path) => api.send('GET', path)));
  return answers.map(({ status }) => status);
}

it.each([
  ['DASHBOARD is off', { DASHBOARD: 'off' }],
  ['NODE_ENV is production and DASHBOARD is unset', { NODE_ENV: 'production' }],
])('every path of the dashboard answers 404 when %s', async (_, environment) => {
  expect(await statusesWith(environment)).toEqual(paths.map(() => 404));
});

it('the dashboard asks for a session when DASHBOARD is readonly', async () => {
  expect(await statusesWith({ DASHBOARD: 'readonly' })).toEqual(paths.map(() => 401));
});
