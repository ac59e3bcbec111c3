import type { NestApplication } from '@nestjs/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type AdapterName, givenLoggingApp, lines } from './logging-app.js';

describe.each<AdapterName>(['fastify', 'express'])('level silent on %s', (adapter) => {
  let app: NestApplication | undefined;

  afterEach(() => app?.close());

  it('writes nothing and costs nothing: no middleware sees the request', async () => {
    app = await givenLoggingApp(adapter, 'silent');
    const response = await fetch(`${await app.getUrl()}/seen`);
    expect(await response.json()).toBe(false);
    expect(lines).toEqual([]);
  });

  it('shows how one sees it: at another level the middleware leaves its mark', async () => {
    app = await givenLoggingApp(adapter, 'info');
    const response = await fetch(`${await app.getUrl()}/seen`);
    expect(await response.json()).toBe(true);
  });
});
