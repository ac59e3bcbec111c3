import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openApiDocument, undescribed } from './document.js';
import { Operation } from './operation.decorator.js';

const invoice = z
  .strictObject({ id: z.string(), paid: z.boolean().default(false) })
  .meta({ id: 'Invoice', description: 'An invoice.' });
type Invoice = z.output<typeof invoice>;

@Controller('invoices')
class InvoicesController {
  @Get(':id')
  @Operation({ summary: 'Finds an invoice', response: invoice, headers: ['Link'] })
  find(@Param('id', { schema: z.uuid() }) id: string): Invoice {
    return { id, paid: false };
  }

  @Post()
  @Operation({ summary: 'Creates an invoice', response: invoice })
  create(
    @Body({ schema: z.strictObject({ amount: z.int().default(1) }) }) _body: object,
    @Query({ schema: z.strictObject({ draft: z.stringbool().optional(), by: z.string() }) }) _query: object,
  ): Invoice {
    return { id: '1', paid: false };
  }
}

@Controller(['old', 'older'])
class UndescribedController {
  @Get([':id', 'by/:id'])
  find(@Param('id') id: string): string {
    return id;
  }
}

@Module({ controllers: [InvoicesController] })
class InvoicesModule {}

@Module({ controllers: [UndescribedController] })
class UndescribedModule {}

async function modulesOf(module: object): Promise<ModulesContainer> {
  const app = await NestFactory.createApplicationContext(module, { preview: true, logger: false });
  return app.get(ModulesContainer);
}

describe('the OpenAPI document', () => {
  it('has what a module consists of, because the module is there', async () => {
    const modules = await modulesOf(InvoicesModule);
    const { paths, components } = openApiDocument(modules);
    expect(undescribed(modules)).toEqual([]);
    expect(Object.keys(paths)).toEqual(['/invoices', '/invoices/{id}']);
    expect(paths['/invoices/{id}']?.['get']).toMatchObject({
      operationId: 'Invoices_find',
      tags: ['invoices'],
      parameters: [{ name: 'id', in: 'path', required: true, schema: { format: 'uuid' } }],
      responses: {
        200: {
          description: 'An invoice.',
          headers: { Link: { $ref: '#/components/headers/Link' } },
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Invoice' } } },
        },
      },
    });
    expect(components.schemas['Invoice']).toMatchObject({ required: ['id', 'paid'], additionalProperties: false });
  });

  it('says of requests what goes in, and of answers what comes out', async () => {
    const { paths } = openApiDocument(await modulesOf(InvoicesModule));
    expect(paths['/invoices']?.['post']).toMatchObject({
      parameters: [
        { name: 'draft', in: 'query', required: false, schema: { type: 'string' } },
        { name: 'by', in: 'query', required: true },
      ],
      // With a default, so not required.
      requestBody: { content: { 'application/json': { schema: { properties: { amount: { default: 1 } } } } } },
      responses: {
        201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Invoice' } } } },
        400: { $ref: '#/components/responses/malformed-request.validation.unknown-parameter.malformed-json' },
      },
    });
    const body = paths['/invoices']?.['post']?.requestBody?.content['application/json']?.schema;
    expect(body).not.toHaveProperty('required');
  });

  it('has a route that nobody described, at each of its paths, and names what is missing', async () => {
    const modules = await modulesOf(UndescribedModule);
    const { paths } = openApiDocument(modules);
    expect(Object.keys(paths)).toEqual(['/old/by/{id}', '/old/{id}', '/older/by/{id}', '/older/{id}']);
    expect(paths['/old/{id}']?.['get']?.responses['200']).toMatchObject({
      content: { 'application/json': { schema: {} } },
    });
    expect(undescribed(modules)).toEqual([
      'UndescribedController.find: add @Operation({ summary, response }), which says what it answers.',
      'UndescribedController.find: its path id has no schema, so nothing checks it.',
    ]);
  });
});
