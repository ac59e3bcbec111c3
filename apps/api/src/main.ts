import './config/require-node.js';
import 'reflect-metadata';
import { setTimeout as after } from 'node:timers/promises';
import { type INestApplication, Logger } from '@nestjs/common';
import { loadAppConfig } from './app.config.js';
import { bootFailure } from './boot-failure.js';
import { createApp } from './create-app.js';
import { welcome } from './welcome.js';

const CLOSE_TIMEOUT_MS = 5_000;

let app: INestApplication | undefined;
try {
  const config = loadAppConfig();
  app = await createApp(config);
  // Exits with code 0 after an orderly shutdown. Nest would kill the process with the signal.
  app.enableShutdownHooks([], { useProcessExit: true });
  await app.listen(config.port, config.host);
  const logger = new Logger('Nuthatch');
  for (const warning of config.warnings) logger.warn(warning);
  const lines = welcome(config, await app.getUrl());
  // Plain text in development. In production the lines are part of the JSON log.
  if (config.production) for (const line of lines) logger.log(line);
  else process.stdout.write(`\n${lines.map((line) => `  ${line}\n`).join('')}\n`);
} catch (error) {
  process.stderr.write(`${bootFailure(error)}\n`);
  // Closes the database, because an open folder stays locked and needs recovery. The cause is already printed.
  await Promise.race([app?.close().catch(() => {}), after(CLOSE_TIMEOUT_MS)]);
  process.exit(1);
}
