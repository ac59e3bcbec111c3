import { isDeepStrictEqual } from 'node:util';
import { CLASS_SERIALIZER_OPTIONS } from '@nestjs/common/serializer/class-serializer.constants.js';
import type { CachedHandler } from './route-handler.js';
import { isSerializer } from './route-rules.js';

/**
 * Why routes cannot have one cache: what fills an entry is what one of them sends, and another would send it in that form too,
 * fields included that its own serializer leaves out.
 */
export function differingForms(handlers: readonly CachedHandler[]): string[] {
  const routes = handlers.filter(({ excluded }) => !excluded);
  return [...Map.groupBy(routes, ({ route }) => route.definition.name)].flatMap(([cache, [first, ...others]]) =>
    others.flatMap((other) =>
      !first || isDeepStrictEqual(formOf(first), formOf(other))
        ? []
        : `${other.name} sends what it answers in another form than ${first.name}, from the same cache "${cache}": give it a cache of its own`,
    ),
  );
}

/** How a handler's values are serialised: by whom, and with which options. */
function formOf(handler: CachedHandler): unknown {
  const serializers = handler.interceptors.filter(isSerializer);
  if (serializers.length === 0) return undefined;
  const ofClass: unknown = Reflect.getMetadata(CLASS_SERIALIZER_OPTIONS, handler.type);
  return [serializers, handler.metadata(CLASS_SERIALIZER_OPTIONS) ?? ofClass];
}
