import type { z } from 'zod';
import { type OperationDetails, routeDecorators } from './route-decorators.js';

type Handler = (...args: never[]) => unknown;
type TypeEquals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Accepts a handler that returns exactly `V`. A wider type could send members that the document does not list. */
type HandlerOf<V, Method extends Handler> =
  TypeEquals<Awaited<ReturnType<Method>>, V> extends true
    ? TypedPropertyDescriptor<Method>
    : { readonly 'the handler must return exactly the type of its response schema': V };

/**
 * Describes the route in the OpenAPI document. It reads the other decorators of the handler: put it above them. The handler
 * must return exactly the type of `response`.
 *
 * @example
 * @Operation({ summary: 'Finds a user', response: userSchema, problems: ['user-not-found'] })
 * @Get(':id')
 * findOne(@Param('id', { schema: userId }) id: string): Promise<User> { return this.users.find(id); }
 */
export function Operation<S extends z.ZodType = z.ZodVoid>(details: OperationDetails & { readonly response?: S }) {
  return <Method extends Handler>(target: object, name: string, _handler: HandlerOf<z.output<S>, Method>) => {
    const descriptor = Object.getOwnPropertyDescriptor(target, name) ?? {};
    for (const decorate of routeDecorators(target, name, details)) decorate(target, name, descriptor);
  };
}
