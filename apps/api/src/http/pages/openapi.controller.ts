import { Controller, Get, Header } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { z } from 'zod';
import { docsPage } from '../openapi/docs-page.js';
import { docsPolicy } from '../openapi/docs-style.js';
import { openApiDocument } from '../openapi/document.js';
import { Operation } from '../openapi/operation.decorator.js';
import type { OpenApiDocument } from '../openapi/specification.js';

const anyDocument = z.record(z.string(), z.unknown()).describe('An OpenAPI 3.1 document.');
const page = z.string().describe('The same for people: a page without scripts, and without anything from elsewhere.');

/** What the API is, for programs and for people. */
@Controller()
export class OpenApiController {
  private made: OpenApiDocument | undefined;

  constructor(private readonly modules: ModulesContainer) {}

  @Get('openapi.json')
  @Operation({ summary: 'Describes the API as OpenAPI 3.1', response: anyDocument })
  describe(): Record<string, unknown> {
    return this.document;
  }

  @Get('docs')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', docsPolicy)
  @Operation({ summary: 'Describes the API as a page', response: page })
  show(): string {
    return docsPage(this.document);
  }

  /** Made when first asked for: a process that nobody asks makes none. */
  private get document(): OpenApiDocument {
    return (this.made ??= openApiDocument(this.modules));
  }
}
