export { type ClusterMap } from './cluster/cluster-map.js';
export { type Redirection, isRedirection, redirectionOf } from './cluster/redirection.js';
export { type Shard } from './cluster/shard.js';
export { slotOf } from './cluster/slot-of.js';
export { type BreakerState } from './connection/breaker.js';
export { type RedisClient } from './connection/driver.js';
export { errorCode, fixOf, refusalOf, serverWord } from './error-code.js';
export { RedisConnection } from './redis-connection.js';
export { type RedisState } from './redis-state.js';
export {
  RedisDisconnectedError,
  RedisError,
  type RedisErrorCode,
  RedisTimeoutError,
  RedisUnavailableError,
} from './redis-errors.js';
export {
  type ClusterNodes,
  type RedisAccess,
  type RedisOptions,
  type RedisTls,
  type RedisTopology,
  type SentinelGroup,
  type ServerAddress,
  type SingleServer,
} from './redis-options.js';
export { REDIS_CONNECTION, RedisModule, type RedisModuleAsyncOptions } from './redis.module.js';
