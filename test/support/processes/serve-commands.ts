import type { Request, Response } from './child-worker.js';

/** Executes the commands of the parent process, which uses a `ChildWorker`. It ends when the parent ends, for any reason. */
export function serveCommands<Commands extends object>(commands: Commands): void {
  process.once('disconnect', () => process.exit());
  process.on('message', ({ id, name, argument }: Request) => {
    const respond = (response: Omit<Response, 'id'>) => void process.send?.({ id, ...response });
    // The compiler cannot check that the argument belongs to the name; the types of `send` in the parent do.
    const command = commands[name as keyof Commands] as (argument: unknown) => unknown;
    void Promise.resolve()
      .then(() => command(argument))
      .then(
        (answer) => respond({ answer }),
        (error: unknown) => respond({ error: String(error) }),
      );
  });
}
