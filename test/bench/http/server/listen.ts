import 'reflect-metadata';
import { Module, type ModuleMetadata } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Where } from '../contender.js';

const ADAPTERS = {
  Fastify: () => new FastifyAdapter(),
  Express: () => new ExpressAdapter(),
} satisfies Record<string, () => AbstractHttpAdapter>;

export type Adapter = keyof typeof ADAPTERS;

@Module({})
class BenchModule {}

/** Starts an application of one module without any logging. */
export async function listen(adapter: Adapter, metadata: ModuleMetadata, { port }: Where): Promise<void> {
  const app = await NestFactory.create({ module: BenchModule, ...metadata }, ADAPTERS[adapter](), { logger: false });
  await app.listen(port, '127.0.0.1');
}
