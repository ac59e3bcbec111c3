import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import { CacheModule } from '@nuthatch/cache';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MeModule } from './jwt-recipe/me.js';

const SECRET = 'a secret from your settings';
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function tokenOf(sub: string, { alg = 'HS256', secret = SECRET, exp = Date.now() / 1_000 + 60 } = {}) {
  const signed = `${base64({ alg, typ: 'JWT' })}.${base64({ sub, exp })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

describe('the recipe of a JWT guard', () => {
  let app: INestApplication;

  beforeAll(async () => {
    const imports = [CacheModule.forRoot({ namespace: 'jwt-recipe' }), MeModule];
    const module = await Test.createTestingModule({ imports }).compile();
    app = module.createNestApplication(new FastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  const me = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await fetch(`${await app.getUrl()}/me`, { headers });
    return { status: answer.status, cache: answer.headers.get('cache-status') ?? '', body: await answer.json() };
  };

  it.each(['account', 'me'])('has the code of %s.ts that these tests run', (name) => {
    const recipe = readFileSync(join(import.meta.dirname, '../../../../docs/recipes/authenticate-with-jwt.md'), 'utf8');
    const code = readFileSync(join(import.meta.dirname, `jwt-recipe/${name}.ts`), 'utf8');
    expect(recipe).toContain(`\`\`\`ts\n// ${name}.ts\n${code}\`\`\``);
  });

  it('caches the answer of each user apart', async () => {
    const [first, again] = [await me(`Bearer ${tokenOf('7')}`), await me(`Bearer ${tokenOf('7')}`)];
    expect(first).toEqual({ status: 200, cache: expect.stringContaining('stored'), body: { id: '7', name: 'User 7' } });
    expect(again).toEqual({ ...first, cache: expect.stringMatching(/hit; .*detail=l1/) });
    const other = await me(`Bearer ${tokenOf('8')}`);
    expect(other).toMatchObject({ cache: expect.stringContaining('uri-miss'), body: { id: '8' } });
  });

  it.each([
    ['no token', undefined],
    ['another scheme', `Basic ${tokenOf('7')}`],
    ['no JWT', 'Bearer x'],
    ['a forged token', `Bearer ${tokenOf('7', { secret: 'another' })}`],
    ['another algorithm', `Bearer ${tokenOf('7', { alg: 'none' })}`],
    ['an expired token', `Bearer ${tokenOf('7', { exp: 1 })}`],
  ])('answers %s with 401, although the entry of the user exists', async (_what, authorization) => {
    expect((await me(`Bearer ${tokenOf('7')}`)).status).toBe(200);
    expect(await me(authorization)).toMatchObject({ status: 401, cache: '' });
  });
});
