import { SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import { type JournalEntry, type LoadEvent, onCacheEvent, type ReadEvent } from '@nuthatch/cache';

/**
 * Traces the caches of this process: the result of a read becomes attributes of the span around it, and each load, each wait for
 * the load of another read or instance, and each write or invalidation becomes a span of its own. Hits make no span. Returns a
 * function that ends the tracing.
 *
 * The trap: a span is made when its operation has ended, so the spans of a loader's own queries are beside the span of the load.
 *
 * @example
 * const stop = traceCaches();
 */
export function traceCaches(tracer: Tracer = trace.getTracer('@nuthatch/observability')): () => void {
  const span = (name: string, durationMs: number, attributes: Attributes, failed = false): void => {
    if (!trace.getActiveSpan()?.isRecording()) return;
    const endTime = Date.now();
    const made = tracer.startSpan(name, { kind: SpanKind.INTERNAL, startTime: endTime - durationMs, attributes });
    if (failed) made.setStatus({ code: SpanStatusCode.ERROR });
    made.end(endTime);
  };
  const stops = [
    onCacheEvent('read', (event) => {
      trace.getActiveSpan()?.setAttributes(attributesOf(event));
      const { collapsed, durationMs, cache } = event;
      if (collapsed && durationMs !== undefined)
        span('cache.wait', durationMs, { 'cache.name': cache, 'cache.scope': 'process' });
    }),
    onCacheEvent('load', (event) => span(...spanOfLoad(event))),
    onCacheEvent('invalidate', (entry) => span('cache.invalidate', entry.durationMs, attributesOfWrite(entry))),
  ];
  return () => stops.forEach((stop) => stop());
}

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Without keys: they may contain personal data. */
function attributesOf({ cache, result, tier, detail }: ReadEvent): Attributes {
  return {
    'cache.name': cache,
    'cache.result': result,
    ...(tier !== undefined && { 'cache.tier': tier }),
    ...(detail !== undefined && { 'cache.detail': detail }),
  };
}

function spanOfLoad({ cache, outcome, durationMs, recordKeys }: LoadEvent): [string, number, Attributes, boolean] {
  const attributes = { 'cache.name': cache, 'cache.outcome': outcome, 'cache.keys': recordKeys.length };
  const isFailure = outcome === 'failed' || outcome === 'timed-out';
  return [outcome === 'awaited' ? 'cache.wait' : 'cache.load', durationMs, attributes, isFailure];
}

function attributesOfWrite({ kind, names, appliedAt }: JournalEntry): Attributes {
  return { 'cache.kind': kind, 'cache.names': names, 'cache.pending': appliedAt === undefined };
}
