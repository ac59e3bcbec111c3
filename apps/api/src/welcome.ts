import type { AppConfig } from './app.config.js';

/** Returns the lines that are printed after the start: addresses, data and cache. */
export function welcome(config: AppConfig, url: string): string[] {
  const token = config.generatedAdminToken;
  // A browser on this machine can use localhost, whatever address the server is bound to.
  const base = url.replace(/\/\/(0\.0\.0\.0|\[::\]|\[::1\]|127\.0\.0\.1)(?=:)/, '//localhost');
  const folder = config.dataDir === 'memory' ? 'in memory, lost at exit' : `in ${config.dataDir}`;
  return [
    `API     ${base}/users, described at ${base}/docs`,
    `Health  ${base}/health`,
    config.databaseUrl === undefined
      ? `Data    PostgreSQL embedded ${folder}. For a server: DATABASE_URL=postgres://user:password@localhost:5432/nuthatch`
      : 'Data    PostgreSQL at DATABASE_URL',
    config.redis === null
      ? 'Cache   in this process. To share it: REDIS_URL=redis://localhost:6379'
      : 'Cache   Redis at REDIS_URL',
    ...(token
      ? [
          `Page    ${base}/dashboard#token=${token.secret}`,
          `Admin   curl -H 'Authorization: Bearer ${token.secret}' ${base}/admin/cache/stats`,
        ]
      : []),
  ];
}
