import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { docsPage } from './docs-page.js';
import { docsPolicy } from './docs-style.js';
import type { OpenApiDocument } from './specification.js';

const description = '<script>alert(1)</script> & `code`';
const document: OpenApiDocument = {
  openapi: '3.1.1',
  info: { title: 'A & B', version: '1', description },
  servers: [],
  paths: {
    '/things/{id}': {
      get: {
        operationId: 'Things_find',
        tags: ['things'],
        summary: 'Finds "one"',
        parameters: [{ name: 'id', in: 'path', required: true, description, schema: { type: 'string', minLength: 2 } }],
        responses: {
          200: { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
          404: { $ref: '#/components/responses/user-not-found.order-not-found' },
        },
      },
      head: { tags: ['things'], summary: 'Head', responses: {} },
    },
  },
  components: {
    schemas: {
      Thing: { type: 'object', properties: { name: { enum: ['a', 'b'] }, of: { type: 'array', items: {} } } },
    },
    headers: {},
    responses: {},
    examples: {},
  },
};

describe('docsPage', () => {
  const page = docsPage(document);

  it('escapes what is not its own', () => {
    expect(page).toContain('<title>A &amp; B API</title>');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; <code>code</code>');
    expect(page).not.toContain('<script');
  });

  it('runs nothing, loads nothing, and has the one style that its policy allows', () => {
    expect(page).not.toMatch(/\b(src|on\w+|style)=|@import|url\(|https?:/);
    const styles = [...page.matchAll(/<style>([^]*?)<\/style>/g)].map(([, style = '']) => style);
    const hashes = styles.map((style) => createHash('sha256').update(style).digest('base64'));
    expect(docsPolicy).toContain(`style-src 'sha256-${hashes.join()}'`);
    expect(docsPolicy).toMatch(/^default-src 'none';/);
  });

  it('has every operation once, with what it takes and what it answers', () => {
    expect(page.match(/<summary>/g)).toHaveLength(1);
    expect(page).toContain('<b>GET</b> <code>/things/{id}</code> Finds &quot;one&quot;');
    expect(page).toContain('string, minLength 2');
    expect(page).toContain('<a href="#schema-Thing">Thing</a>');
    expect(page).toContain('a | b');
  });

  it('leads nowhere but to what is there', () => {
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target);
    expect(targets).toContain('problem-order-not-found');
    expect(targets.filter((target) => !page.includes(`id="${target}"`))).toEqual([]);
  });
});
