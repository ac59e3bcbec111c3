import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type AdminToken, generateAdminToken } from '@nuthatch/admin';
import type { RedisOptions } from '@nuthatch/redis';
import { type Environment, withFile } from './config/environment.js';
import { misspelt } from './config/misspelt.js';
import { readSettings, settingNames } from './config/read-settings.js';
import { redisOptions } from './config/redis-options.js';
import type { Settings } from './config/settings.js';

const EMBEDDED_IN_PRODUCTION =
  'DATABASE_URL is not set: this process stores the data itself, and a second instance would have other data. Set DATABASE_URL.';

/** The checked settings of this process, with their defaults. Providers inject this class. */
export class AppConfig {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** Empty without a reverse proxy that adds a path. */
  readonly publicPath: string;
  readonly logLevel: Settings['LOG_LEVEL'];
  readonly shutdownDelayMs: number;
  readonly keepAliveTimeoutMs: number;
  /** The addresses of proxies. `undefined`: there are none. */
  readonly trustProxy: string | undefined;

  /** `undefined`: the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly databaseMigrate: boolean;
  readonly dataDir: string;

  /** `null`: the cache is in the memory of this process only. */
  readonly redis: RedisOptions | null;
  readonly cacheNamespace: string;
  readonly cacheRequired: boolean;
  readonly cacheHeartbeatMs: number;
  readonly cacheL1MaxBytes: number;
  readonly cacheL1MaxStalenessMs: number;
  readonly cacheStalenessSamples: number;
  /** Whether changes of the database by other programs are applied to the cache. */
  readonly cacheOutbox: boolean;

  /** `undefined`: the port of the API in development, and nowhere in production. */
  readonly metricsPort: number | undefined;
  /** Whether metrics and traces are offered to an OpenTelemetry SDK. */
  readonly openTelemetry: boolean;

  readonly requireIfMatch: boolean;

  readonly dashboard: 'off' | 'readonly' | 'full';
  /** The tokens of the admin API. Empty: there is none. */
  readonly adminTokens: readonly AdminToken[];
  /** The token that was made for this run, in development only. */
  readonly generatedAdminToken: AdminToken | undefined;

  /** Warnings for the log at boot: valid settings that are probably a mistake. */
  readonly warnings: readonly string[];

  /** @throws SettingsInvalid with every problem. */
  constructor(environment: Environment) {
    const settings = readSettings(environment);
    this.production = settings.NODE_ENV === 'production';
    this.port = settings.PORT;
    this.host = settings.HOST ?? (this.production ? '0.0.0.0' : '127.0.0.1');
    this.publicPath = settings.PUBLIC_PATH ?? '';
    this.logLevel = settings.LOG_LEVEL;
    this.shutdownDelayMs = settings.SHUTDOWN_DELAY ?? (this.production ? 5_000 : 0);
    this.keepAliveTimeoutMs = settings.KEEP_ALIVE_TIMEOUT;
    this.trustProxy = settings.TRUST_PROXY;
    this.databaseUrl = settings.DATABASE_URL;
    this.databaseMigrate = settings.DATABASE_MIGRATE;
    this.dataDir = settings.DATA_DIR;
    this.redis = redisOptions(settings, environment);
    this.cacheNamespace = settings.CACHE_NAMESPACE;
    this.cacheRequired = settings.CACHE_REQUIRED;
    this.cacheHeartbeatMs = settings.CACHE_HEARTBEAT;
    this.cacheL1MaxBytes = settings.CACHE_L1_MAX_BYTES;
    this.cacheL1MaxStalenessMs = settings.CACHE_L1_MAX_STALENESS;
    this.cacheStalenessSamples = settings.CACHE_STALENESS_SAMPLES;
    this.cacheOutbox = settings.CACHE_OUTBOX;
    this.metricsPort = settings.METRICS_PORT;
    this.openTelemetry = settings.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined;
    this.requireIfMatch = settings.REQUIRE_IF_MATCH;
    const generates = settings.NODE_ENV === 'development' && settings.ADMIN_TOKENS === undefined;
    this.generatedAdminToken = generates ? generateAdminToken('development') : undefined;
    this.adminTokens = settings.ADMIN_TOKENS ?? (this.generatedAdminToken ? [this.generatedAdminToken] : []);
    this.dashboard = settings.DASHBOARD ?? (this.production || this.adminTokens.length === 0 ? 'off' : 'full');
    this.warnings = [
      ...misspelt(environment, settingNames()),
      ...(this.production && this.databaseUrl === undefined ? [EMBEDDED_IN_PRODUCTION] : []),
    ];
  }
}

/**
 * Reads the environment of this process and the `.env` file in its folder. Variables of the environment win over the file.
 *
 * @throws SettingsInvalid
 */
export function loadAppConfig(): AppConfig {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return new AppConfig(Object.assign(process.env, withFile(process.env, file)));
}
