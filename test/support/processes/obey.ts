import type { Request, Response } from './child-worker.js';

/** Carries out what the process that started this one asks by a `ChildWorker`, and ends with it, however that ends. */
export function obey<Commands extends object>(commands: Commands): void {
  process.once('disconnect', () => process.exit());
  process.on('message', ({ id, name, argument }: Request) => {
    const respond = (response: Omit<Response, 'id'>) => void process.send?.({ id, ...response });
    // The compiler cannot see that the argument belongs to the name; the other's `tell` has made sure of it.
    const command = commands[name as keyof Commands] as (argument: unknown) => unknown;
    void Promise.resolve()
      .then(() => command(argument))
      .then(
        (answer) => respond({ answer }),
        (error: unknown) => respond({ error: String(error) }),
      );
  });
}
