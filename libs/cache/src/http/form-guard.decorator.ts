const FORM_GUARD = Symbol('FORM_GUARD');

/**
 * Says of a guard that it judges the form of a request, not who asks: what is stored may be answered without it. Any other guard
 * keeps hits of the routes that it covers in Nest's pipeline, where it runs before them.
 *
 * The trap: it does not run before those hits. A request with a query goes on to it all the same, and so does whatever the key's
 * schema refuses. A class that extends the guard is not meant.
 *
 * @example
 * @FormGuard()
 * @Injectable()
 * class NoUnknownParameters implements CanActivate { canActivate(context: ExecutionContext): boolean { return isPlain(context); } }
 */
export function FormGuard(): ClassDecorator {
  return (guard) => Reflect.defineMetadata(FORM_GUARD, true, guard);
}

export function isFormGuard(guard: object): boolean {
  return Reflect.getOwnMetadata(FORM_GUARD, guard) === true;
}
