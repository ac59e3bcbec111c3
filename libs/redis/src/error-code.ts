import { RedisDisconnectedError } from './redis-errors.js';

/** Our codes for the driver's errors that have none, by the name of their class. */
const CODES: Readonly<Record<string, string>> = {
  ClientClosedError: 'CONNECTION_CLOSED',
  ConnectionTimeoutError: 'CONNECT_TIMEOUT',
  DisconnectsClientError: 'CONNECTION_CLOSED',
  SocketClosedUnexpectedlyError: 'CONNECTION_CLOSED',
  SocketTimeoutError: 'REDIS_TIMEOUT',
};

/** What a server replies to a script for a command that it would refuse with NOPERM outside of one. */
const NOT_PERMITTED_IN_SCRIPT = /^ERR (?:ACL failure in script|The user executing the script)/;

/** The code of an error that tells no reason. */
const UNKNOWN = 'UNKNOWN';

/**
 * Returns a code for an error: the `code` of the system (`ECONNREFUSED`), the first word of an error reply (`WRONGPASS`), or a
 * code of this library. A connection that has ended has the code of the reason.
 *
 * Of a reply that begins with `ERR`, the code contains the next words too, up to the first character that is neither a letter, a
 * digit nor a space. Such a reply may quote its command, and the command a password.
 */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return UNKNOWN;
  if (error instanceof RedisDisconnectedError) return errorCode(error.cause);
  if ('code' in error && typeof error.code === 'string') return error.code;
  const known = CODES[error.constructor.name];
  if (known !== undefined) return known;
  if (NOT_PERMITTED_IN_SCRIPT.test(error.message)) return 'NOPERM';
  return /^(?:ERR [\w ]*\w|[A-Z]+\b)/.exec(error.message)?.[0] ?? UNKNOWN;
}

/** Returns whether an operation failed because its connection ended, by the system or by the driver. */
export function isDisconnection(error: unknown): boolean {
  return error instanceof Error && ('syscall' in error || CODES[error.constructor.name] === 'CONNECTION_CLOSED');
}

/** Codes of the system and of this library, which come from the connection and not from a reply. */
const OF_THE_CONNECTION = /^E(?!RR\b)|_|^UNKNOWN$/;

/** Returns the code if it is the word of the server, and `undefined` for a code of the system or of this library. */
export function serverWord(code: string | undefined): string | undefined {
  return code === undefined || OF_THE_CONNECTION.test(code) ? undefined : code;
}

/**
 * Returns the word of an error reply (`MISCONF`, `NOPERM`): the server answers, and refuses. `undefined` for an error of the
 * connection.
 */
export function refusalOf(error: unknown): string | undefined {
  return error instanceof Error && !('code' in error) ? serverWord(errorCode(error)) : undefined;
}

/** Codes of replies by which a server refuses an operation until its configuration, or ours, is changed. */
const REFUSALS = ['NOPERM', 'NOAUTH', 'MISCONF', 'NOREPLICAS', 'OOM', 'MOVED', 'CLUSTERDOWN', 'ERR unknown command'];

/** Returns whether the server refused an operation that the cache needs, although it is up. */
export function isRefusal(code: string): boolean {
  return REFUSALS.includes(code);
}

const CLUSTER = 'Set the nodes of the cluster, instead of the Redis URL.';
const ADDRESS = 'Correct the address in the Redis URL, or start Redis there.';
const PRIMARY = 'Set the Redis URL to the primary of this replica.';
const PASSWORD = 'Correct the user and the password in the Redis URL, with special characters as %XX.';
const FIXES: Readonly<Record<string, string>> = {
  ECONNREFUSED: ADDRESS,
  ENOTFOUND: ADDRESS,
  EAI_AGAIN: ADDRESS,
  CONNECT_TIMEOUT: 'Check the firewall and the port. With rediss://, the port must speak TLS.',
  CONNECTION_CLOSED: 'Check the log of Redis and its maxclients. A port that speaks TLS needs rediss://.',
  REDIS_TIMEOUT: 'Look for slow commands or a stopped process, or raise the timeout of an operation.',
  WRONGPASS: PASSWORD,
  NOAUTH: PASSWORD,
  NOPERM: 'Grant the Redis user the commands, keys and channel of the cache. ACL LOG on the server names them.',
  MISCONF: 'Free space on the disk of Redis, or turn persistence off.',
  NOREPLICAS: 'Restore the replicas, or lower min-replicas-to-write.',
  OOM: 'Set maxmemory-policy to allkeys-lfu, or raise maxmemory.',
  LOADING: 'Redis reads its data from disk. Turn persistence off.',
  READONLY: PRIMARY,
  MASTERDOWN: PRIMARY,
  CLUSTER,
  SENTINEL: 'Set the Sentinels and the name of their master, instead of the Redis URL.',
  MOVED: CLUSTER,
  CLUSTERDOWN: 'Restore the masters of the cluster, and set cluster-require-full-coverage to no.',
  'ERR DB index is out of range': 'Correct the number of the database at the end of the Redis URL.',
  'ERR unknown command': 'Use Redis 7.0 or newer, with all commands that the cache needs.',
};

/** Fixes of codes that OpenSSL and Node have many of, and of failures of the Sentinels. The first match counts. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^SENTINEL_ERR No such master/, 'Set the master to a name that SENTINEL MASTERS lists on the Sentinels.'],
  [/^SENTINEL_(?:WRONGPASS|NOAUTH|NOPERM)/, 'Correct the user and the password of the Sentinels.'],
  [/^CLUSTER_ERR This instance has cluster support disabled/, 'Set the Redis URL, instead of nodes of a cluster.'],
  [/^CLUSTER_(?:WRONGPASS|NOAUTH|NOPERM)/, 'Correct the user and the password of Redis, or grant its user CLUSTER.'],
  [/^CLUSTER_CLUSTERDOWN/, 'Restore the masters of the cluster, and set cluster-require-full-coverage to no.'],
  [/^CLUSTER_/, 'Start the nodes of the cluster, or correct their addresses.'],
  [/^SENTINEL_/, 'Start a majority of the Sentinels, or correct their addresses.'],
  [/CERTIFICATE_REQUIRED$/, 'Set the certificate and the key of this client.'],
  [/EXPIRED$/, 'Renew the certificate.'],
  [/ALTNAME/, 'Set the server name to one that the certificate of Redis has.'],
  [/^ERR_OSSL_/, 'Write the certificates and the key as PEM texts.'],
  [/^ERR_(?:SSL|TLS)|CERT|SIGNATURE/, 'Set the certificate authority that issued the certificate of Redis.'],
];

/** Returns the sentence that says what an operator has to do, or an empty text. */
export function fixOf(code = ''): string {
  return FIXES[code] ?? KINDS.find(([kind]) => kind.test(code))?.[1] ?? '';
}
