import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';
import type { ProblemCode } from '../problems/problem.js';
import type { HeaderName } from './headers.js';

/** What the code of a route does not say by itself, for the OpenAPI document. */
export interface OperationDetails {
  /** What the request does, in a few words, such as "Finds a user". */
  readonly summary: string;
  /** What the handler answers. Left out where it answers nothing. */
  readonly response?: z.ZodType;
  /** The problems of this route's own. Those that follow from its parameters, its body and its cache are known. */
  readonly problems?: readonly ProblemCode[];
  /** Headers that the handler sets. Those of `@Header`, of the cache and of `ResourceHeadersInterceptor` are known. */
  readonly headers?: readonly HeaderName[];
  /** Other statuses that come with the same body. */
  readonly statuses?: readonly number[];
}

export const OPERATION = Symbol('OPERATION');

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

type Handler = (...args: never[]) => unknown;

/** Accepts a handler that answers exactly `V`: a wider type would send what the document does not know. */
type HandlerOf<V, Method extends Handler> =
  Same<Awaited<ReturnType<Method>>, V> extends true
    ? TypedPropertyDescriptor<Method>
    : { readonly 'the handler must answer exactly what the schema describes': V };

/**
 * Describes the route in the OpenAPI document. The compiler checks that the handler answers what `response` describes.
 *
 * A route without it is in the document too, with an answer of any kind, and `npm run generate:openapi` refuses it.
 *
 * @example
 * @Get(':id')
 * @Operation({ summary: 'Finds a user', response: userSchema, problems: ['user-not-found'] })
 * findOne(@Param('id', { schema: userId }) id: string): Promise<User> { return this.users.find(id); }
 */
export function Operation<S extends z.ZodType = z.ZodVoid>(details: OperationDetails & { readonly response?: S }) {
  return <Method extends Handler>(target: object, name: string | symbol, handler: HandlerOf<z.output<S>, Method>) => {
    const descriptor = Object.getOwnPropertyDescriptor(target, name);
    if (descriptor) SetMetadata(OPERATION, details)(target, name, descriptor);
    void handler;
  };
}
