import { Injectable } from '@nestjs/common';
import { Logger } from 'nestjs-pino';

/** The contexts under which Nest logs each module, route and step of a successful boot. */
const BOOT_CONTEXTS: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

const LISTEN_FAILED = /^Error: (?:listen|getaddrinfo) /;

/**
 * Writes Nest's log through pino. Lines of a successful boot are written at `debug` instead of `info`. So is the error of a `listen`
 * that failed: `listen` rejects with the same error.
 *
 * @example
 * const app = await NestFactory.create(AppModule, { bufferLogs: true });
 * app.useLogger(app.get(AppLogger));
 */
@Injectable()
export class AppLogger extends Logger {
  override log(message: unknown, ...context: unknown[]): void {
    if (BOOT_CONTEXTS.has(context.at(-1))) this.debug(message, ...context);
    else super.log(message, ...context);
  }

  override error(message: unknown, ...context: unknown[]): void {
    if (context.at(-1) === 'NestApplication' && LISTEN_FAILED.test(String(message)))
      this.debug(message, context.at(-1));
    else super.error(message, ...context);
  }
}
