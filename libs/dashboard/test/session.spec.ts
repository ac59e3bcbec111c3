import { Module } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AdminModule, type AdminOptions } from '@nuthatch/admin';
import { CacheModule } from '@nuthatch/cache';
import { DashboardModule, type DashboardOptions } from '@nuthatch/dashboard';
import request from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';

const SECRET = 'operator-secret-0123456789';
const PATH = '/dashboard/session';

@Module({ providers: [{ provide: 'namespace', useValue: 'shop' }], exports: ['namespace'] })
class SettingsModule {}

describe.each([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('a session of the page on %s', (_, adapterOf) => {
  async function givenPage(
    admin: Partial<AdminOptions> = {},
    mode: DashboardOptions['mode'] = 'full',
    options: Partial<DashboardOptions> = {},
  ) {
    const tokens: AdminOptions['tokens'] = [{ name: 'ops', scopes: ['read', 'invalidate'], secret: SECRET }];
    const testing = await Test.createTestingModule({
      imports: [
        CacheModule.forRoot(),
        AdminModule.forRoot({ tokens, ...admin }),
        DashboardModule.forRoot({ mode, namespace: 'nuthatch', ...options }),
      ],
    }).compile();
    const app = testing.createNestApplication(adapterOf(), { logger: false });
    onTestFinished(() => app.close());
    await app.listen(0, '127.0.0.1');
    const server = request(await app.getUrl());
    const begin = (secret: string) => server.post(PATH).set('authorization', `Bearer ${secret}`).send({});
    return { server, begin };
  }

  const cookieOf = ({ headers }: { readonly headers: Record<string, unknown> }): string =>
    /^[^;]+/.exec(String(headers['set-cookie']))?.[0] ?? '';

  it.each([
    ['full', ['read', 'invalidate']],
    ['readonly', ['read']],
  ] as const)('begins with a token, and permits in the mode %s the scopes %j', async (mode, scopes) => {
    const { server, begin } = await givenPage({}, mode);
    const begun = await begin(SECRET).expect(204);
    expect(begun.headers['set-cookie']).toEqual([
      expect.stringMatching(/^nuthatch-session=.*; HttpOnly; SameSite=Strict; Secure$/),
    ]);
    await server.get(PATH).set('cookie', cookieOf(begun)).expect(200, { name: 'ops', scopes });
  });

  it('is sent without TLS too, if the options permit it', async () => {
    const { begin } = await givenPage({}, 'full', { secureCookie: false });
    const { headers } = await begin(SECRET).expect(204);
    expect(headers['set-cookie']).toEqual([expect.stringMatching(/; SameSite=Strict$/)]);
  });

  it('is not begun by a session, which would never end', async () => {
    const { server, begin } = await givenPage();
    const cookie = cookieOf(await begin(SECRET).expect(204));
    const again = await server.post(PATH).set('cookie', cookie).send({}).expect(401);
    expect(again.headers).not.toHaveProperty('set-cookie');
  });

  it('is refused with 429 to an address that sent too many wrong tokens, to the page or to the API', async () => {
    const { server, begin } = await givenPage({ failuresPerMinute: 2 });
    const answers = [
      await begin('guess-1'),
      await server.get('/admin/cache/stats').set('authorization', 'Bearer guess-2'),
      await begin('guess-3'),
      await begin(SECRET),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 429, 429]);
    expect(answers[2]?.headers['retry-after']).toMatch(/^\d+$/);
  });

  it('answers 415 to a form of another site, and 404 without tokens', async () => {
    const { server } = await givenPage();
    const form = await server.post(PATH).set('authorization', `Bearer ${SECRET}`).type('form').send('a=b');
    const { begin } = await givenPage({ tokens: [] });
    expect([form.status, (await begin(SECRET)).status]).toEqual([415, 404]);
  });
});

it('takes the options of the page from other providers', async () => {
  const testing = await Test.createTestingModule({
    imports: [
      CacheModule.forRoot(),
      AdminModule.forRoot({ tokens: [{ name: 'ops', scopes: ['read'], secret: SECRET }] }),
      DashboardModule.forRootAsync({
        imports: [SettingsModule],
        inject: ['namespace'],
        useFactory: async (namespace: string) => ({ mode: 'readonly', namespace, secureCookie: namespace !== 'shop' }),
      }),
    ],
  }).compile();
  const app = testing.createNestApplication(new FastifyAdapter(), { logger: false });
  onTestFinished(() => app.close());
  await app.listen(0, '127.0.0.1');
  const answer = await request(await app.getUrl())
    .post(PATH)
    .set('authorization', `Bearer ${SECRET}`)
    .send({});
  expect(answer.headers['set-cookie']).toEqual([expect.not.stringContaining('Secure')]);
});
