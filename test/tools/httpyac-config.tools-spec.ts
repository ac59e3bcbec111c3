import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

type Replace = (text: unknown, type: string, context: { variables: Record<string, unknown> }) => unknown;
interface Config {
  configureHooks(api: {
    hooks: { replaceVariable: { addHook(id: string, hook: Replace, order: object): void } };
  }): void;
}

const config: Config = createRequire(import.meta.url)('../../docs/tour/httpyac.config.cjs');

describe('docs/tour/httpyac.config.cjs', () => {
  const hooks: Replace[] = [];
  config.configureHooks({ hooks: { replaceVariable: { addHook: (_id, hook) => hooks.push(hook) } } });
  const [replace] = hooks;
  const adaResponse = { headers: { etag: '"1-1"' }, parsedBody: { id: '7', page: { nextCursor: 'x' } } };
  const context = { variables: { adaResponse } };

  it.each([
    ['{{host}}/users/{{ada.response.body.$.id}}', '{{host}}/users/7'],
    ['{{ada.response.body.$.page.nextCursor}}', 'x'],
    ['{{ada.response.headers.ETag}}', '"1-1"'],
    ['{{grace.response.body.$.id}}', '{{grace.response.body.$.id}}'],
  ])('replaces the references of the REST client in %s', (text, expected) => {
    expect(replace?.(text, 'url', context)).toBe(expected);
  });
});
