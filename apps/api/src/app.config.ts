import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { type Environment, readSettings } from './config/read-settings.js';
import type { Settings } from './config/settings.js';

/** The settings of this process, checked and with their defaults: what everything else injects. */
export class AppConfig {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  readonly logLevel: Settings['LOG_LEVEL'];
  readonly shutdownDelayMs: number;

  /** `undefined`: embedded, in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;

  /** `undefined`: the cache lives in this process alone. */
  readonly redisUrl: string | undefined;
  readonly cacheNamespace: string;
  readonly cacheRequired: boolean;
  readonly cacheOperationTimeoutMs: number;
  readonly cacheL1MaxBytes: number;
  readonly cacheL1MaxStalenessMs: number;

  readonly requireIfMatch: boolean;
  readonly cursorSecret: string;

  /** What is allowed but hardly meant, to be logged at boot. */
  readonly warnings: readonly string[];

  /** @throws SettingsInvalid with everything that is wrong. */
  constructor(environment: Environment) {
    const settings = readSettings(environment);
    this.production = settings.NODE_ENV === 'production';
    this.port = settings.PORT;
    this.host = settings.HOST;
    this.logLevel = settings.LOG_LEVEL;
    this.shutdownDelayMs = settings.SHUTDOWN_DELAY ?? (this.production ? 5_000 : 0);
    this.databaseUrl = settings.DATABASE_URL;
    this.dataDir = settings.DATA_DIR;
    this.redisUrl = settings.REDIS_URL;
    this.cacheNamespace = settings.CACHE_NAMESPACE;
    this.cacheRequired = settings.CACHE_REQUIRED;
    this.cacheOperationTimeoutMs = settings.CACHE_OPERATION_TIMEOUT;
    this.cacheL1MaxBytes = settings.CACHE_L1_MAX_BYTES;
    this.cacheL1MaxStalenessMs = settings.CACHE_L1_MAX_STALENESS;
    this.requireIfMatch = settings.REQUIRE_IF_MATCH;
    // A default must be the same after a restart and on every instance. It is not made of DATABASE_URL: whoever has a
    // cursor could try passwords against it, offline. A forged cursor only names another place in the same list.
    this.cursorSecret = settings.CURSOR_SECRET ?? `cursors of ${this.cacheNamespace}`;
    this.warnings = this.production ? productionWarnings(settings) : [];
  }
}

/** The environment of this process, after a `.env` file in its folder; what is set already wins over the file. */
export function loadAppConfig(): AppConfig {
  if (existsSync('.env')) loadEnvFile('.env');
  return new AppConfig(process.env);
}

function productionWarnings(settings: Settings): string[] {
  const warnings = [];
  if (settings.CURSOR_SECRET === undefined) {
    warnings.push(
      'CURSOR_SECRET is not set: clients could make cursors of their own. Set it to the same value on every instance.',
    );
  }
  if (settings.DATABASE_URL === undefined) {
    warnings.push('DATABASE_URL is not set: the data lives in this process, and a second instance would have its own.');
  }
  return warnings;
}
