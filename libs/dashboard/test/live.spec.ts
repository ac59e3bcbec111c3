import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AdminModule } from '@nuthatch/admin';
import { CacheModule } from '@nuthatch/cache';
import { DashboardModule } from '@nuthatch/dashboard';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { publishInstances } from './given-instances.js';

const SECRET = 'reader-secret-0123456789';

describe.each([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('the streams of the page on %s', (adapter, adapterOf) => {
  async function givenPage(redis: string | null, namespace: string) {
    const testing = await Test.createTestingModule({
      imports: [
        CacheModule.forRoot({ redis, namespace }),
        AdminModule.forRoot({ tokens: [{ name: 'reader', scopes: ['read'], secret: SECRET }] }),
        DashboardModule.forRoot({ mode: 'readonly', namespace }),
      ],
    }).compile();
    const app = testing.createNestApplication(adapterOf(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const viewer = new AbortController();
    onTestFinished(async () => {
      viewer.abort();
      await app.close();
    });
    const open = async (path: string): Promise<ReadableStreamDefaultReader<string>> => {
      const headers = { authorization: `Bearer ${SECRET}` };
      const { body } = await fetch(`${url}/dashboard/${path}`, { headers, signal: viewer.signal });
      if (!body) throw new Error('The stream has no body.');
      return body.pipeThrough(new TextDecoderStream()).getReader();
    };
    return { open };
  }

  /** Returns the first event that is accepted, with its size. */
  async function eventOf(
    stream: ReadableStreamDefaultReader<string>,
    isAccepted: (text: string) => boolean,
  ): Promise<{ readonly data: unknown; readonly bytes: number }> {
    let text = '';
    for (;;) {
      const { done, value = '' } = await stream.read();
      if (done) throw new Error('The stream has ended.');
      text += value;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      const found = events.findLast((event) => isAccepted(event));
      const [, data] = /^data: (.*)$/m.exec(found ?? '') ?? [];
      if (found !== undefined && data !== undefined)
        return { data: JSON.parse(data), bytes: Buffer.byteLength(found) + 2 };
    }
  }

  it('have the first instances of a fleet in less than 2 kB, and all of them on request', async () => {
    const redis = inject('redisUrl');
    const namespace = `live-${adapter}-${process.pid}`;
    const { open } = await givenPage(redis, namespace);
    const [page, all] = [await open('live'), await open('live/instances')];
    publishInstances(redis, namespace, 60, (place) => (place === 50 ? { channel: false } : {}));
    const tick = await eventOf(page, (text) => text.includes('"instances":61'));
    expect(tick.data).toMatchObject({
      fleet: { instances: 61, unverified: 1, redis: { connected: 61 } },
      instances: [{ id: 'instance-050' }, {}, {}, {}],
    });
    expect(tick.bytes).toBeLessThan(2_000);
    const list = await eventOf(all, (text) => text.split('"host"').length > 61);
    expect(list.data).toHaveLength(61);
  });

  it('have one instance without Redis, which has no state of Redis', async () => {
    const { open } = await givenPage(null, 'nuthatch');
    const { data } = await eventOf(await open('live'), () => true);
    expect(data).toMatchObject({ fleet: { instances: 1, unverified: 0, redis: null, pending: 0 } });
  });
});
