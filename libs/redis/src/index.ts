export { type BreakerState } from './breaker.js';
export { type RedisClient } from './driver.js';
export { fixOf, refusalOf, serverWord } from './error-code.js';
export { RedisConnection, type RedisState } from './redis-connection.js';
export { RedisError, type RedisErrorCode, RedisTimeoutError, RedisUnavailableError } from './redis-errors.js';
export {
  type ClusterNodes,
  type RedisOptions,
  type RedisTopology,
  type SentinelGroup,
  type SingleServer,
} from './redis-options.js';
export { REDIS_CONNECTION, RedisModule, type RedisModuleAsyncOptions } from './redis.module.js';
