import type { Settings } from './settings.js';

/** The heartbeats that may fail before an instance stops serving from its memory. */
const HEARTBEATS = 4;

/** Returns the pairs of settings that are both set. */
function pairs(settings: Readonly<Record<string, unknown>>): [string, string][] {
  const given = Object.keys(settings).filter((name) => settings[name] !== undefined);
  return given.flatMap((one, index) => given.slice(index + 1).map((other): [string, string] => [one, other]));
}

/** Returns a complaint for each pair of settings that do not fit together. */
export function conflicts(settings: Settings): string[] {
  const { REDIS_URL, REDIS_SENTINELS, REDIS_CLUSTER_NODES, REDIS_MASTER, REDIS_TLS_CERT, REDIS_TLS_KEY } = settings;
  const { ADMIN_TOKENS, DASHBOARD, METRICS_PORT, NODE_ENV, PORT } = settings;
  const { CACHE_HEARTBEAT, CACHE_L1_MAX_STALENESS } = settings;
  const found: (string | false)[] = [
    ...pairs({ REDIS_URL, REDIS_SENTINELS, REDIS_CLUSTER_NODES }).map(
      ([one, other]) => `${other} and ${one} are set. Keep one of them.`,
    ),
    REDIS_SENTINELS !== undefined &&
      REDIS_MASTER === undefined &&
      'REDIS_SENTINELS is set without REDIS_MASTER. Set both.',
    REDIS_MASTER !== undefined &&
      REDIS_SENTINELS === undefined &&
      'REDIS_MASTER is set without REDIS_SENTINELS. Set both.',
    (REDIS_TLS_CERT === undefined) !== (REDIS_TLS_KEY === undefined) &&
      'REDIS_TLS_CERT and REDIS_TLS_KEY belong together. Set both.',
    CACHE_L1_MAX_STALENESS < HEARTBEATS * CACHE_HEARTBEAT &&
      `CACHE_L1_MAX_STALENESS is shorter than four times CACHE_HEARTBEAT. Write at least ${HEARTBEATS * CACHE_HEARTBEAT}ms, or a shorter CACHE_HEARTBEAT.`,
    METRICS_PORT === PORT && PORT !== 0 && `PORT and METRICS_PORT are both ${PORT}. Set METRICS_PORT to another port.`,
    DASHBOARD !== undefined &&
      DASHBOARD !== 'off' &&
      ADMIN_TOKENS === undefined &&
      // In development, a token is made at each start.
      NODE_ENV !== 'development' &&
      `DASHBOARD is ${DASHBOARD} without ADMIN_TOKENS, which open it. Set both.`,
  ];
  return found.filter((complaint) => complaint !== false);
}
