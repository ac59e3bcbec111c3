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
  // Exit code 0 after an orderly end: Nest would otherwise end itself with the signal.
  app.enableShutdownHooks([], { useProcessExit: true });
  await app.listen(config.port, config.host);
  const logger = new Logger('Nuthatch');
  for (const warning of config.warnings) logger.warn(warning);
  const lines = welcome(config, await app.getUrl());
  // For a person, as text; in production, where machines read it, as part of the log.
  if (config.production) for (const line of lines) logger.log(line);
  else process.stdout.write(`\n${lines.map((line) => `  ${line}\n`).join('')}\n`);
} catch (error) {
  process.stderr.write(`${bootFailure(error)}\n`);
  // The database may be open: a folder that is left so is locked, and has to be recovered. Why it did not start is told already.
  await Promise.race([app?.close().catch(() => {}), after(CLOSE_TIMEOUT_MS)]);
  process.exit(1);
}
