import type { PinoLogger } from 'nestjs-pino';

/**
 * Returns the id of the request on whose behalf the present code runs; `undefined` outside of requests, and at level `silent`.
 *
 * @example
 * CacheModule.forRootAsync({
 *   inject: [PinoLogger],
 *   useFactory: (logger: PinoLogger) => ({ actor: () => currentRequestId(logger) }),
 * })
 */
export function currentRequestId(logger: Pick<PinoLogger, 'logger'>): string | undefined {
  const id: unknown = logger.logger.bindings()['requestId'];
  return typeof id === 'string' ? id : undefined;
}
