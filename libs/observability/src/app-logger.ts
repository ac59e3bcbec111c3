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

/**
 * Writes Nest's log through pino. Lines of a successful boot are written at `debug` instead of `info`.
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
}
