import { parseAdminTokens } from '@nuthatch/admin';
import { z } from 'zod';
import { addressOf, areNetworks, serverAddresses } from './address.js';
import { duration, size } from './quantity.js';

export interface SettingNotes {
  readonly group: 'server' | 'database' | 'cache' | 'users' | 'operations';
  /** The purpose of the setting, in one sentence. */
  readonly about: string;
  /** The end of the error for an invalid value: how to write the setting. */
  readonly write: string;
  readonly example?: string;
  /** No log line and no error repeats the value. */
  readonly secret?: true;
}

export const notes = z.registry<SettingNotes>();

const port = z
  .string()
  .regex(/^\d+$/)
  .transform(Number)
  .refine((number) => number <= 65_535);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const text = z.string().optional();
const pem = z.string().includes('-----BEGIN ').optional();

/** The schema of every environment variable that the API reads, with its default: the only place that defines either. */
export const settings = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development').register(notes, {
    group: 'server',
    about: 'Production logs JSON and warns about settings that only fit development.',
    write: 'Write development, test or production.',
  }),
  PORT: port.default(3000).register(notes, {
    group: 'server',
    about: 'The port of the API; 0 takes any free port.',
    write: 'Write a port from 0 to 65535.',
  }),
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/)
    .optional()
    .register(notes, {
      group: 'server',
      about: 'The address that the API listens on. Unset: 0.0.0.0 (all addresses) in production, else 127.0.0.1.',
      write: 'Write an IP address or a host name, such as 127.0.0.1.',
      example: '0.0.0.0',
    }),
  PUBLIC_PATH: z
    .string()
    .regex(/^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/)
    .optional()
    .register(notes, {
      group: 'server',
      about:
        'The path that a reverse proxy removes from requests. Location, Link, problem types and the OpenAPI document begin with it.',
      write: 'Write a path without a slash at its end, such as /api.',
      example: '/api',
    }),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info').register(notes, {
    group: 'server',
    about: 'The least important messages that are still logged.',
    write: 'Write fatal, error, warn, info, debug, trace or silent.',
  }),
  TRUST_PROXY: z.string().refine(areNetworks).optional().register(notes, {
    group: 'server',
    about: 'The addresses of reverse proxies. Their X-Forwarded-For names the client in the log.',
    write: 'Write addresses and networks, such as 10.0.0.0/8,192.168.1.7, or loopback, linklocal or uniquelocal.',
    example: 'uniquelocal',
  }),
  KEEP_ALIVE_TIMEOUT: duration(1).default(72_000).register(notes, {
    group: 'server',
    about: 'How long an idle connection stays open: longer than the idle timeout of the load balancer, often 60s.',
    write: 'Write a duration from 1ms to 24d, such as 72s.',
    example: '72s',
  }),
  SHUTDOWN_DELAY: duration(0).optional().register(notes, {
    group: 'server',
    about:
      'How long the readiness probe answers 503 after SIGTERM before the server stops. Unset: 5s in production, else 0s.',
    write: 'Write a duration of at most 24d, such as 5s or 500ms.',
    example: '5s',
  }),
  DATABASE_URL: addressOf(['postgres:', 'postgresql:']).optional().register(notes, {
    group: 'database',
    about: 'A PostgreSQL server, version 15 or newer. Unset: PostgreSQL embedded in the process, in DATA_DIR.',
    write: 'Write postgres://user:password@host:5432/database, with other characters than letters and digits as %XX.',
    example: 'postgres://nuthatch:secret@localhost:5432/nuthatch',
    secret: true,
  }),
  DATABASE_MIGRATE: flag.default(true).register(notes, {
    group: 'database',
    about: 'Whether a starting instance migrates the schema. If not, it is not ready until "npm run migrate" did.',
    write: 'Write true or false.',
  }),
  DATA_DIR: z.string().default('.nuthatch').register(notes, {
    group: 'database',
    about: 'The folder of the embedded PostgreSQL, for one process at a time; "memory" keeps nothing.',
    write: 'Write a folder, or memory.',
  }),
  REDIS_URL: addressOf(['redis:', 'rediss:'], /^\/?\d*$/)
    .optional()
    .register(notes, {
      group: 'cache',
      about: 'A Redis server; rediss:// for TLS. Unset: the cache is in the memory of this process only.',
      write:
        'Write redis://user:password@host:6379/0 (rediss:// for TLS), with other characters than letters and digits as %XX.',
      example: 'redis://localhost:6379',
      secret: true,
    }),
  REDIS_SENTINELS: z.string().transform(serverAddresses).optional().register(notes, {
    group: 'cache',
    about: 'All Sentinels of the Redis master REDIS_MASTER, instead of REDIS_URL.',
    write: 'Write host:port of each Sentinel, such as sentinel-1:26379,sentinel-2:26379,sentinel-3:26379.',
    example: 'sentinel-1:26379,sentinel-2:26379,sentinel-3:26379',
  }),
  REDIS_MASTER: text.register(notes, {
    group: 'cache',
    about: 'The name that the Sentinels give to the Redis master.',
    write: 'Write a name that SENTINEL MASTERS lists.',
    example: 'mymaster',
  }),
  REDIS_CLUSTER_NODES: z.string().transform(serverAddresses).optional().register(notes, {
    group: 'cache',
    about: 'Some nodes of a Redis Cluster, instead of REDIS_URL. The others are found through them.',
    write: 'Write host:port of some nodes, such as redis-1:6379,redis-2:6379,redis-3:6379.',
    example: 'redis-1:6379,redis-2:6379,redis-3:6379',
  }),
  REDIS_USERNAME: text.register(notes, {
    group: 'cache',
    about: 'The user of Redis. It replaces the user of REDIS_URL.',
    write: 'Write a name of ACL LIST.',
    example: 'nuthatch',
  }),
  REDIS_PASSWORD: text.register(notes, {
    group: 'cache',
    about:
      'The password of Redis. It replaces the one of REDIS_URL. REDIS_PASSWORD_FILE is read again at each reconnect.',
    write: 'Write the password.',
    example: 'secret',
    secret: true,
  }),
  REDIS_SENTINEL_USERNAME: text.register(notes, {
    group: 'cache',
    about: 'The user of the Sentinels. Unset: none, also if Redis has one.',
    write: 'Write a name of ACL LIST on the Sentinels.',
    example: 'nuthatch',
  }),
  REDIS_SENTINEL_PASSWORD: text.register(notes, {
    group: 'cache',
    about: 'The password of the Sentinels. Unset: none, also if Redis has one.',
    write: 'Write the password.',
    example: 'secret',
    secret: true,
  }),
  REDIS_TLS: flag.default(false).register(notes, {
    group: 'cache',
    about: 'Whether Redis and its Sentinels speak TLS. A rediss:// URL and each REDIS_TLS_… imply it.',
    write: 'Write true or false.',
  }),
  REDIS_TLS_CA: pem.register(notes, {
    group: 'cache',
    about: 'The certificate authority that issued the certificate of Redis. Unset: those of the system.',
    write: 'Write a PEM text, or set REDIS_TLS_CA_FILE to the path of its file.',
    example: '',
  }),
  REDIS_TLS_CERT: pem.register(notes, {
    group: 'cache',
    about:
      'The certificate of this client, if Redis requires one. REDIS_TLS_CERT_FILE is read again at each reconnect.',
    write: 'Write a PEM text, or set REDIS_TLS_CERT_FILE to the path of its file.',
    example: '',
  }),
  REDIS_TLS_KEY: pem.register(notes, {
    group: 'cache',
    about: 'The private key of REDIS_TLS_CERT.',
    write: 'Write a PEM text, or set REDIS_TLS_KEY_FILE to the path of its file.',
    example: '',
    secret: true,
  }),
  REDIS_TLS_SERVER_NAME: text.register(notes, {
    group: 'cache',
    about: 'The name that the certificates of Redis and of the Sentinels must have. Unset: the host of each address.',
    write: 'Write a host name.',
    example: 'redis.internal',
  }),
  CACHE_NAMESPACE: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,40}$/)
    .default('nuthatch')
    .register(notes, {
      group: 'cache',
      about: 'The first part of every key, so that several applications can share one Redis.',
      write: 'Write 1 to 40 letters, digits, "-" or "_".',
    }),
  CACHE_REQUIRED: flag.default(false).register(notes, {
    group: 'cache',
    about: 'Whether an instance without Redis is not ready, instead of degraded.',
    write: 'Write true or false.',
  }),
  CACHE_OPERATION_TIMEOUT: duration(1).default(100).register(notes, {
    group: 'cache',
    about: 'The time limit of a Redis operation. After it, the operation has failed and reads continue without Redis.',
    write: 'Write a duration from 1ms to 24d, such as 100ms.',
    example: '100ms',
  }),
  CACHE_L1_MAX_BYTES: size(1)
    .default(64 * 1024 * 1024)
    .register(notes, {
      group: 'cache',
      about: 'The memory limit of all caches of the process: entries, tag versions and, without Redis, records.',
      write: 'Write a size of at least 1b, such as 64mb.',
      example: '64mb',
    }),
  CACHE_HEARTBEAT: duration(50).default(250).register(notes, {
    group: 'cache',
    about:
      'The time between two heartbeats on each connection to Redis. A longer one saves commands where they are billed.',
    write: 'Write a duration of at least 50ms, such as 250ms.',
    example: '250ms',
  }),
  CACHE_L1_MAX_STALENESS: duration(200).default(1_000).register(notes, {
    group: 'cache',
    about: 'How long in-memory entries may be served after the last verified contact with the invalidation channel.',
    write: 'Write a duration of at least four times CACHE_HEARTBEAT, such as 1s.',
    example: '1s',
  }),
  CACHE_STALENESS_SAMPLES: z
    .string()
    .regex(/^(?:0|1|0?\.\d+)$/)
    .transform(Number)
    .default(0)
    .register(notes, {
      group: 'cache',
      about:
        'The share of writes that all instances compare with their answers afterwards: the figures cache_stale_total and "Staleness" of the live page.',
      write: 'Write a number from 0 to 1, such as 0.01.',
      example: '0.01',
    }),
  CACHE_OUTBOX: flag.default(true).register(notes, {
    group: 'cache',
    about: 'Whether changes of the database by other programs are applied to the cache, by a query every 200 ms.',
    write: 'Write true or false.',
  }),
  METRICS_PORT: port.optional().register(notes, {
    group: 'operations',
    about: 'The port of GET /metrics; 0 takes any free port. Unset: the port of the API, and in production nowhere.',
    write: 'Write a port from 0 to 65535.',
    example: '9464',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: addressOf(['http:', 'https:']).optional().register(notes, {
    group: 'operations',
    about: 'Where the OpenTelemetry SDK of the process sends metrics and traces. Unset: the API offers it none.',
    write: 'Write the URL of an OTLP receiver, such as http://localhost:4318.',
    example: 'http://localhost:4318',
  }),
  REQUIRE_IF_MATCH: flag.default(false).register(notes, {
    group: 'users',
    about: 'Whether PUT, PATCH and DELETE without If-Match get a 428, so that no writer overwrites an unseen change.',
    write: 'Write true or false.',
  }),
  DASHBOARD: z.enum(['off', 'readonly', 'full']).optional().register(notes, {
    group: 'operations',
    about:
      'The live page of the caches at /dashboard: off, readonly, or full, which can invalidate. Unset: off in production and without tokens, else full.',
    write: 'Write off, readonly or full.',
    example: 'readonly',
  }),
  ADMIN_TOKENS: z
    .string()
    .transform((list, context) => {
      try {
        const tokens = parseAdminTokens(list);
        // A blank text counts as unset, as an empty one does.
        return tokens.length > 0 ? tokens : undefined;
      } catch {
        context.addIssue('not a list of tokens');
        return z.NEVER;
      }
    })
    .optional()
    .register(notes, {
      group: 'operations',
      about:
        'The tokens of the admin API at /admin/cache. Unset: none in production; in development one is made at each start and printed.',
      write:
        'Write name:scope+scope:secret, with commas between tokens. Scopes: read, values, invalidate. A secret has at least 20 of A-Z a-z 0-9 . _ ~ + / = -.',
      example: 'ops:read+invalidate:replace-this-secret-1,grafana:read:replace-this-secret-2',
      secret: true,
    }),
});

export type SettingName = keyof typeof settings.shape;
export type Settings = z.output<typeof settings>;
