import { isDeepStrictEqual } from 'node:util';
import { CLASS_SERIALIZER_OPTIONS } from '@nestjs/common/serializer/class-serializer.constants.js';
import type { CachedHandler } from './route-handler.js';
import { isSerializer } from './route-rules.js';

/**
 * Returns why routes cannot share a cache. An entry stores the serialised answer of the route that filled it. Another route would
 * replay that answer, including fields that its own serializer hides.
 */
export function sharedCacheProblemsOf(handlers: readonly CachedHandler[]): string[] {
  const routes = handlers.filter(({ excluded }) => !excluded);
  return [...Map.groupBy(routes, ({ route }) => route.definition.name)].flatMap(([cache, [first, ...others]]) =>
    others.flatMap((other) =>
      !first || isDeepStrictEqual(serializationOf(first), serializationOf(other))
        ? []
        : `${other.name} serialises the cache "${cache}" differently from ${first.name}: define a separate cache for it`,
    ),
  );
}

/** Returns the serializers of a handler and their options. */
function serializationOf(handler: CachedHandler): unknown {
  const serializers = handler.interceptors.filter(isSerializer);
  if (serializers.length === 0) return undefined;
  const ofClass: unknown = Reflect.getMetadata(CLASS_SERIALIZER_OPTIONS, handler.type);
  return [serializers, handler.metadata(CLASS_SERIALIZER_OPTIONS) ?? ofClass];
}
