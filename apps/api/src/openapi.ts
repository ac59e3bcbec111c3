import 'reflect-metadata';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { AppConfig } from './app.config.js';
import { AppModule } from './app.module.js';
import { openApiDocument, undescribed } from './http/openapi/document.js';

/** Prints the OpenAPI document: `npm run generate:openapi` writes it. Nothing is opened: a preview creates no providers. */
const app = await NestFactory.createApplicationContext(AppModule.forRoot(new AppConfig({})), {
  preview: true,
  logger: false,
});
const modules = app.get(ModulesContainer);
const missing = undescribed(modules);
if (missing.length === 0) {
  process.stdout.write(JSON.stringify(openApiDocument(modules)));
} else {
  process.stderr.write(`${missing.join('\n')}\n`);
  process.exitCode = 1;
}
