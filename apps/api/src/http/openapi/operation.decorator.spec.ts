import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openApiDocument } from './document.js';
import { Operation } from './operation.decorator.js';

const id = z.uuid().meta({ id: 'InvoiceId' });
const invoice = z
  .strictObject({ id, paid: z.boolean().default(false), lines: z.array(z.int()).readonly() })
  .readonly()
  .meta({ id: 'Invoice', description: 'An invoice.', examples: [{ id: 'x', paid: true, lines: [1] }, { id: 'y' }] });
type Invoice = z.output<typeof invoice>;

@Controller('invoices')
class InvoicesController {
  @Operation({ summary: 'Finds an invoice', response: invoice, problems: ['order-not-found'], headers: ['Link'] })
  @Get(':id')
  find(@Param('id', { schema: id }) invoiceId: string): Invoice {
    return { id: invoiceId, paid: false, lines: [] };
  }

  @Operation({ summary: 'Creates an invoice', response: invoice })
  @Post()
  create(
    @Body({ schema: z.strictObject({ amount: z.int().default(1) }) }) _body: object,
    @Query({ schema: z.strictObject({ draft: z.stringbool().optional(), by: z.string() }) }) _query: object,
  ): Invoice {
    return { id: '1', paid: false, lines: [] };
  }
}

@Module({ controllers: [InvoicesController] })
class InvoicesModule {}

describe(Operation, () => {
  it('describes a route by its decorators and its schemas', async () => {
    const { paths, components } = await invoicesDocument();
    expect(paths['/invoices/{id}']?.get).toMatchObject({
      operationId: 'invoicesFind',
      tags: ['invoices'],
      summary: 'Finds an invoice',
      parameters: [{ name: 'id', in: 'path', required: true, schema: { $ref: '#/components/schemas/InvoiceId' } }],
      responses: {
        200: {
          description: 'An invoice.',
          headers: { Link: { $ref: '#/components/headers/Link' } },
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Invoice' } } },
        },
        404: {
          content: { 'application/problem+json': { schema: { properties: { code: { enum: ['order-not-found'] } } } } },
        },
      },
    });
    expect(components?.schemas?.['Invoice']).toEqual({
      type: 'object',
      description: 'An invoice.',
      properties: {
        id: { $ref: '#/components/schemas/InvoiceId' },
        paid: { type: 'boolean', default: false },
        lines: { type: 'array', items: { type: 'integer' } },
      },
      required: ['id', 'paid', 'lines'],
      additionalProperties: false,
      examples: [{ id: 'x', paid: true, lines: [1] }, { id: 'y' }],
    });
  });

  it('describes requests as they are sent, and answers as they are received', async () => {
    const { paths } = await invoicesDocument();
    expect(paths['/invoices']?.post).toMatchObject({
      parameters: [
        { name: 'draft', in: 'query', required: false },
        { name: 'by', in: 'query', required: true },
      ],
      requestBody: { content: { 'application/json': { schema: { properties: { amount: { default: 1 } } } } } },
      responses: { 201: {}, 400: {}, 413: {}, 415: {} },
    });
    expect(JSON.stringify(paths['/invoices']?.post?.requestBody)).not.toContain('"required":["amount"]');
  });

  it('refuses a place below the decorators of Nest', () => {
    class Misplaced {
      find(): void {}
    }
    const decorate = () =>
      Operation({ summary: 'Finds' })(Misplaced.prototype, 'find', { value: Misplaced.prototype.find });
    expect(decorate).toThrow('Misplaced.find: put @Operation above its other decorators.');
  });

  it('refuses a parameter without a schema', () => {
    class Unchecked {
      find(_id: string): void {}
    }
    Get(':id')(Unchecked.prototype, 'find', { value: Unchecked.prototype.find });
    Param('id')(Unchecked.prototype, 'find', 0);
    const decorate = () =>
      Operation({ summary: 'Finds' })(Unchecked.prototype, 'find', { value: Unchecked.prototype.find });
    expect(decorate).toThrow('Unchecked.find: the parameter id has no schema.');
  });
});

async function invoicesDocument(): Promise<OpenAPIObject> {
  const app = await NestFactory.create(InvoicesModule, new FastifyAdapter(), { preview: true, logger: false });
  return openApiDocument(app);
}
