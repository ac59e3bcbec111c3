import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import absolutePath from 'swagger-ui-dist/absolute-path.js';
import { z } from 'zod';
import { AppConfig } from '../../app.config.js';
import { ProblemError } from '../problems/problem-error.js';
import { docsPage, docsPolicy, startScript } from './swagger-ui.js';

const javaScript = 'text/javascript; charset=utf-8';

/** The files of the page, each with its media type. */
const files = new Map([
  ['start.js', { type: javaScript, read: async (publicPath: string) => Buffer.from(startScript(publicPath)) }],
  ['swagger-ui-bundle.js', { type: javaScript, read: () => ofPackage('swagger-ui-bundle.js') }],
  ['swagger-ui.css', { type: 'text/css; charset=utf-8', read: () => ofPackage('swagger-ui.css') }],
]);

function ofPackage(name: string): Promise<Buffer> {
  return readFile(join(absolutePath(), name));
}

/** Serves Swagger UI from the files of its package, without access to any other server. */
@ApiExcludeController()
@Controller()
export class DocsController {
  constructor(private readonly config: AppConfig) {}

  // Nest removes one slash from the end: the second path is `/docs/`.
  @Get(['docs', 'docs//'])
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', docsPolicy)
  @Header('Cache-Control', 'no-cache')
  show(): string {
    return docsPage(this.config.publicPath);
  }

  @Get('docs/:file')
  @Header('Cache-Control', 'public, max-age=3600')
  async find(@Param('file', { schema: z.string() }) name: string): Promise<StreamableFile> {
    const file = files.get(name);
    if (!file) throw new ProblemError('route-not-found', 'The documentation has no file with this name.');
    const bytes = await file.read(this.config.publicPath);
    return new StreamableFile(bytes, { type: file.type, length: bytes.length });
  }
}
