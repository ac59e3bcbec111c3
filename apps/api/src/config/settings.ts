import { z } from 'zod';
import { addressOf } from './address.js';
import { durationMs, sizeBytes } from './quantity.js';

export interface SettingNotes {
  readonly group: 'server' | 'database' | 'cache' | 'users';
  /** What it is for, in a sentence. */
  readonly about: string;
  /** How to write it, for who wrote it wrong. */
  readonly write: string;
  readonly example?: string;
  /** Its value is never repeated, not even in an error. */
  readonly secret?: true;
}

export const notes = z.registry<SettingNotes>();

const port = z
  .string()
  .regex(/^\d+$/)
  .transform(Number)
  .refine((number) => number <= 65_535);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
/** Node takes a timer that is longer for one of no time at all. */
const longestMs = 2 ** 31 - 1;
const duration = (leastMs: number) =>
  z
    .string()
    .transform(durationMs)
    .refine((ms) => ms >= leastMs && ms <= longestMs);

/** Recognised to be refused: who sets it believes that it works. */
const notYet = (what: string) =>
  z
    .never()
    .optional()
    .register(notes, {
      group: 'cache',
      about: `Not in this release: ${what}.`,
      write: 'This release speaks to a single Redis server: leave it unset and set REDIS_URL.',
    });

/** Every environment variable that the API reads, as text; here alone it is said what is right and what is meant by none. */
export const settings = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development').register(notes, {
    group: 'server',
    about: 'Production logs JSON and is strict about secrets.',
    write: 'Write development, test or production.',
  }),
  PORT: port.default(3000).register(notes, {
    group: 'server',
    about: 'Where the API listens; 0 takes any free port.',
    write: 'Write a port from 0 to 65535.',
  }),
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/)
    .default('0.0.0.0')
    .register(notes, {
      group: 'server',
      about: 'The address it listens on.',
      write: 'Write an IP address or a host name, such as 127.0.0.1.',
    }),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info').register(notes, {
    group: 'server',
    about: 'The least important messages that are still logged.',
    write: 'Write fatal, error, warn, info, debug, trace or silent.',
  }),
  SHUTDOWN_DELAY: duration(0).optional().register(notes, {
    group: 'server',
    about:
      'After SIGTERM the readiness probe says 503 this long before the server stops. Unset: 5s in production, else 0s.',
    write: 'Write a duration of 24d at most, such as 5s or 500ms.',
    example: '5s',
  }),
  DATABASE_URL: addressOf(['postgres:', 'postgresql:']).optional().register(notes, {
    group: 'database',
    about: 'A PostgreSQL server, version 15 or newer. Unset: PostgreSQL embedded in the process, in DATA_DIR.',
    write: 'Write postgres://user:password@host:5432/database, with what is not a letter or digit as %XX.',
    example: 'postgres://nuthatch:secret@localhost:5432/nuthatch',
    secret: true,
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
      about: 'A Redis server; rediss:// for TLS. Unset: the cache lives in this process alone.',
      write: 'Write redis://user:password@host:6379/0 (rediss:// for TLS), with what is not a letter or digit as %XX.',
      example: 'redis://localhost:6379',
      secret: true,
    }),
  REDIS_SENTINELS: notYet('Redis Sentinel'),
  REDIS_MASTER: notYet('Redis Sentinel'),
  REDIS_CLUSTER_NODES: notYet('Redis Cluster'),
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
    about: 'A Redis operation that takes longer counts as failed; reads then go on without Redis.',
    write: 'Write a duration from 1ms to 24d, such as 100ms.',
    example: '100ms',
  }),
  CACHE_L1_MAX_BYTES: z
    .string()
    .transform(sizeBytes)
    .refine((bytes) => bytes >= 1)
    .default(64 * 1024 * 1024)
    .register(notes, {
      group: 'cache',
      about: 'How much memory the in-process tier may take.',
      write: 'Write a size of 1b at least, such as 64mb.',
      example: '64mb',
    }),
  // The proof comes with every heartbeat, each quarter of a second: with less than two of them most reads would go to Redis.
  CACHE_L1_MAX_STALENESS: duration(500).default(1_000).register(notes, {
    group: 'cache',
    about: 'How long an instance may believe what it holds while it cannot prove that it hears of every write.',
    write: 'Write a duration from 500ms to 24d, such as 1s.',
    example: '1s',
  }),
  REQUIRE_IF_MATCH: flag.default(false).register(notes, {
    group: 'users',
    about:
      'Whether PUT, PATCH and DELETE without If-Match are refused (428), so that no writer overwrites another unseen.',
    write: 'Write true or false.',
  }),
  CURSOR_SECRET: z.string().min(16).optional().register(notes, {
    group: 'users',
    about: 'Signs the cursors of pages; the same on every instance. Unset: a key that anybody can read in the source.',
    write: 'Write at least 16 characters, for instance from: openssl rand -base64 32.',
    secret: true,
  }),
});

export type SettingName = keyof typeof settings.shape;
export type Settings = z.output<typeof settings>;
