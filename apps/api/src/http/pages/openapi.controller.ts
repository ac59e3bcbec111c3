import { Controller, Get, Header, type INestApplication } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import { AppConfig } from '../../app.config.js';
import { openApiDocument } from '../openapi/document.js';

/** Serves the OpenAPI document of the application. */
@ApiExcludeController()
@Controller('openapi.json')
export class OpenApiController {
  #app: INestApplication | undefined;
  #document: OpenAPIObject | undefined;

  constructor(private readonly config: AppConfig) {}

  /** Names the application, which only its creator has. */
  describes(app: INestApplication): void {
    this.#app = app;
  }

  /** Generates the document on the first request. */
  @Get()
  @Header('Cache-Control', 'no-cache')
  find(): OpenAPIObject | undefined {
    return (this.#document ??= this.#app && openApiDocument(this.#app, this.config.publicPath));
  }
}
