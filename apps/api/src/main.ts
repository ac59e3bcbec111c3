import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { loadAppConfig } from './app.config.js';
import { bootFailure } from './boot-failure.js';
import { createApp } from './create-app.js';
import { welcome } from './welcome.js';

try {
  const config = loadAppConfig();
  const app = await createApp(config);
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
  process.exit(1);
}
