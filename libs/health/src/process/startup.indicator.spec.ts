import { HealthIndicatorService } from '@nestjs/terminus';
import { describe, expect, it } from 'vitest';
import { DatabaseMonitor } from '../dependencies/database-monitor.service.js';
import { StartupIndicator } from './startup.indicator.js';

function givenStartup({ withRedis = true } = {}) {
  const database = { schemaReady: true, reachable: true };
  const redis = { firstAttemptFinished: true };
  const monitor = new DatabaseMonitor({
    database: {
      get schemaReady() {
        return database.schemaReady;
      },
      ping: async () => {
        if (!database.reachable) throw new Error('away');
      },
    },
    cacheRequired: false,
    drainDelayMs: 0,
  });
  const indicator = new StartupIndicator(new HealthIndicatorService(), monitor, withRedis ? redis : null);
  return { database, redis, monitor, indicator };
}

describe(StartupIndicator, () => {
  it('waits for the first answer of the database', async () => {
    const { monitor, indicator } = givenStartup();
    expect(indicator.check()).toEqual({ startup: { status: 'down', waitingFor: ['database'] } });
    await monitor.ping();
    expect(indicator.check()).toEqual({ startup: { status: 'up' } });
  });

  it('waits for the right schema', async () => {
    const { database, monitor, indicator } = givenStartup();
    database.schemaReady = false;
    await monitor.ping();
    expect(indicator.check()).toEqual({ startup: { status: 'down', waitingFor: ['schema'] } });
  });

  it('waits until the first attempt to reach Redis has finished, however it ended', async () => {
    const { redis, monitor, indicator } = givenStartup();
    redis.firstAttemptFinished = false;
    await monitor.ping();
    expect(indicator.check()).toEqual({ startup: { status: 'down', waitingFor: ['redis'] } });
    redis.firstAttemptFinished = true;
    expect(indicator.check()).toEqual({ startup: { status: 'up' } });
  });

  it('does not wait for Redis where there is none', async () => {
    const { monitor, indicator } = givenStartup({ withRedis: false });
    await monitor.ping();
    expect(indicator.check().startup.status).toBe('up');
  });

  it('counts a database that answered once and is away when asked', async () => {
    const { database, monitor, indicator } = givenStartup();
    await monitor.ping();
    database.reachable = false;
    await monitor.ping();
    expect(indicator.check().startup.status).toBe('up');
  });

  it('stays up for ever, whatever happens later', async () => {
    const { database, redis, monitor, indicator } = givenStartup();
    await monitor.ping();
    indicator.check();
    database.schemaReady = false;
    redis.firstAttemptFinished = false;
    expect(indicator.check().startup.status).toBe('up');
  });
});
