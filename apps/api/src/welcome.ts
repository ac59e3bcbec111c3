import type { AppConfig } from './app.config.js';

/** What somebody who has just started it wants to know. */
export function welcome(config: AppConfig, url: string): string[] {
  // Where a browser on this machine finds it, whatever it is bound to.
  const base = url.replace(/\/\/(0\.0\.0\.0|\[::\]|\[::1\]|127\.0\.0\.1)(?=:)/, '//localhost');
  const folder = config.dataDir === 'memory' ? 'in memory: nothing is kept' : `in ${config.dataDir}`;
  return [
    `API     ${base}/users, described at ${base}/docs`,
    `Health  ${base}/health`,
    config.databaseUrl === undefined
      ? `Data    PostgreSQL embedded ${folder}. For a server: DATABASE_URL=postgres://user:password@localhost:5432/nuthatch`
      : 'Data    PostgreSQL at DATABASE_URL',
    config.redisUrl === undefined
      ? 'Cache   in this process alone. To share it: REDIS_URL=redis://localhost:6379'
      : 'Cache   Redis at REDIS_URL',
  ];
}
