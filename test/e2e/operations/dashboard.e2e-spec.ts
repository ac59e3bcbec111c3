import { expect, it, onTestFinished } from 'vitest';
import { newDatabase, startApi } from '../support/running-api.js';

const ADMIN_TOKENS = 'ops:read:operator-secret-0123456789';
const withSession = ['/dashboard/session', '/dashboard/live', '/dashboard/live/instances'];

/** Requests paths without a session. */
async function statusesOf(
  paths: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<readonly number[]> {
  const api = await startApi({ ...(await newDatabase()), ADMIN_TOKENS, ...environment });
  onTestFinished(() => api.stop());
  const answers = await Promise.all(paths.map((path) => api.send('GET', path)));
  return answers.map(({ status }) => status);
}

it.each([
  ['DASHBOARD is off', { DASHBOARD: 'off' }],
  ['NODE_ENV is production and DASHBOARD is unset', { NODE_ENV: 'production' }],
])('every path of the dashboard answers 404 when %s', async (_, environment) => {
  const paths = ['/dashboard', ...withSession];
  expect(await statusesOf(paths, environment)).toEqual(paths.map(() => 404));
});

it('the dashboard asks for a session when DASHBOARD is readonly', async () => {
  expect(await statusesOf(withSession, { DASHBOARD: 'readonly' })).toEqual(withSession.map(() => 401));
});
