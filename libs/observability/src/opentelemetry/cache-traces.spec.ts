import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { givenFleet } from '@nuthatch/cache/testing/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { traceCaches } from './cache-traces.js';

function given() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const contexts = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(contexts);
  const stop = traceCaches(provider.getTracer('test'));
  onTestFinished(() => {
    stop();
    context.disable();
  });
  const { cache } = givenFleet<number>().instance();
  async function within(work: () => Promise<unknown>) {
    const span = provider.getTracer('test').startSpan('request');
    await context.with(trace.setSpan(context.active(), span), work).catch(() => {});
    span.end();
    const spans = exporter.getFinishedSpans();
    exporter.reset();
    return { request: spans.at(-1), others: spans.slice(0, -1) };
  }
  return { cache, within, exporter };
}

describe(traceCaches, () => {
  it('makes a span of a load, as a child of the span around it, and attributes of the result', async () => {
    const { cache, within } = given();
    const { request, others } = await within(() => cache.readThrough('k', async () => 1));
    expect(request?.attributes).toEqual({ 'cache.name': 'test', 'cache.result': 'miss' });
    expect(others).toMatchObject([
      {
        name: 'cache.load',
        attributes: { 'cache.name': 'test', 'cache.outcome': 'loaded', 'cache.keys': 1 },
        parentSpanContext: { spanId: request?.spanContext().spanId },
      },
    ]);
  });

  it('makes no span of a hit', async () => {
    const { cache, within } = given();
    await cache.set('k', 1);
    const { request, others } = await within(() => cache.readThrough('k', async () => 1));
    expect(request?.attributes).toMatchObject({ 'cache.result': 'hit' });
    expect(others).toEqual([]);
  });

  it('marks the span of a load that failed', async () => {
    const { cache, within } = given();
    const { others } = await within(() => cache.readThrough('k', () => Promise.reject(new Error('down'))));
    expect(others).toMatchObject([{ name: 'cache.load', status: { code: SpanStatusCode.ERROR } }]);
  });

  it('makes a span of a wait for another read, and of an invalidation, without keys', async () => {
    const { cache, within } = given();
    const load = async () => 1;
    const { others } = await within(async () => {
      await Promise.all([cache.readThrough('secret', load), cache.readThrough('secret', load)]);
      await cache.invalidate('secret', { tags: ['t'] });
    });
    expect(others.map(({ name }) => name).toSorted()).toEqual(['cache.invalidate', 'cache.load', 'cache.wait']);
    expect(JSON.stringify(others.map(({ attributes }) => attributes))).not.toContain('secret');
  });

  it('makes no span outside of a recorded span', async () => {
    const { cache, exporter } = given();
    await cache.readThrough('k', async () => 1);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});
