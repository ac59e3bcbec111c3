import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppConfig } from './app.config.js';
import { AppModule } from './app.module.js';
import { openApiDocument } from './http/openapi/document.js';
import { createFastifyAdapter } from './http/server/fastify-adapter.js';

/** Prints the OpenAPI document for `npm run generate:openapi`. A preview creates no providers, so it opens no connection. */
const options = { preview: true, logger: false } as const;
const config = new AppConfig({});
const app = await NestFactory.create(AppModule.forRoot(config), createFastifyAdapter(config), options);
process.stdout.write(JSON.stringify(openApiDocument(app)));
