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
        if (!database.reachable) throw new Error('connection refused');
      },
    },
    cacheRequired: false,
    drainDelayMs: 0,
  });
  const indicator = new StartupIndicator(new HealthIndicatorService(), monitor, withRedis ? redis : null);
  return { database, redis, monitor, indicator };
}

describe(StartupIndicator, () => {
  it('is down until the database has answered once', async () => {
    const { monitor, indicator } = givenStartup();
    expect(indicator.check()).toEqual({ startup: { status: 'down', waitingFor: ['database'] } });
    await monitor.ping();
    expect(indicator.check()).toEqual({ startup: { status: 'up' } });
  });

  it('is down until the schema is right', async () => {
    const { database, monitor, indicator } = givenStartup();
    database.schemaReady = false;
    await monitor.ping();
    expect(indicator.check()).toEqual({ startup: { status: 'down', waitingFor: ['schema'] } });
  });

  it('is down until the first attempt to connect to Redis has succeeded or failed', async () => {
    const { redis, monitor, indicator } = givenStartup();
    redis.firstAttemptFinished = false;
    await monitor.ping();
    expect(indicator.check()).toEqual({ startup: { status: 'down', waitingFor: ['redis'] } });
    redis.firstAttemptFinished = true;
    expect(indicator.check()).toEqual({ startup: { status: 'up' } });
  });

  it('is up without Redis if none is configured', async () => {
    const { monitor, indicator } = givenStartup({ withRedis: false });
    await monitor.ping();
    expect(indicator.check().startup.status).toBe('up');
  });

  it('is up if the database has answered once and is down now', async () => {
    const { database, monitor, indicator } = givenStartup();
    await monitor.ping();
    database.reachable = false;
    await monitor.ping();
    expect(indicator.check().startup.status).toBe('up');
  });

  it('stays up once it was up', async () => {
    const { database, redis, monitor, indicator } = givenStartup();
    await monitor.ping();
    indicator.check();
    database.schemaReady = false;
    redis.firstAttemptFinished = false;
    expect(indicator.check().startup.status).toBe('up');
  });
});
