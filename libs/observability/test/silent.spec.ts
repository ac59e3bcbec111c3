import type { NestApplication } from '@nestjs/core';
import { afterEach, describe, expect, it } from 'vitest';
import { type AdapterName, givenLoggingApp, lines } from './logging-app.js';

describe.each<AdapterName>(['fastify', 'express'])('level silent on %s', (adapter) => {
  let app: NestApplication | undefined;

  afterEach(() => app?.close());

  it('writes no line and installs no middleware', async () => {
    app = await givenLoggingApp(adapter, 'silent');
    const response = await fetch(`${await app.getUrl()}/seen`);
    expect(await response.json()).toBe(false);
    expect(lines).toEqual([]);
  });

  it('differs from level info, which installs the middleware', async () => {
    app = await givenLoggingApp(adapter, 'info');
    const response = await fetch(`${await app.getUrl()}/seen`);
    expect(await response.json()).toBe(true);
  });
});
