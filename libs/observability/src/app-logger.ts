import { Injectable } from '@nestjs/common';
import { Logger } from 'nestjs-pino';

/** Where Nest tells each module, route and step of a start that went well. */
const BOOT_CONTEXTS: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Nest's own log, in the lines of pino. What it says of every start, it says at `debug`: nobody reads it when all is well. */
@Injectable()
export class AppLogger extends Logger {
  override log(message: unknown, ...context: unknown[]): void {
    if (BOOT_CONTEXTS.has(context.at(-1))) this.debug(message, ...context);
    else super.log(message, ...context);
  }
}
