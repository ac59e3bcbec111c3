import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';

/** The character that ends the output of a command. No program writes it. */
const END = '\u001E';

/** One bash, in which variables stay from command to command, as in the terminal of a reader. */
export class Shell {
  readonly #bash: ChildProcessWithoutNullStreams;
  #output = '';

  constructor(options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }) {
    this.#bash = spawn('bash', ['--norc', '-s'], options);
    this.#bash.stdout.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#bash.stdin.write('exec 2>&1\n');
  }

  /** Returns all that the command wrote. Rejects if the shell ends before the command. */
  async run(command: string): Promise<string> {
    this.#output = '';
    this.#bash.stdin.write(`${command}\nprintf '\\036'\n`);
    while (!this.#output.endsWith(END)) {
      const ended = new AbortController();
      await Promise.race([
        once(this.#bash.stdout, 'data', { signal: ended.signal }),
        once(this.#bash, 'exit', { signal: ended.signal }).then(() => {
          throw new Error(`The shell ended in: ${command}\n${this.#output}`);
        }),
      ]).finally(() => ended.abort());
    }
    return this.#output.slice(0, -END.length);
  }

  close(): void {
    this.#bash.stdin.end();
  }
}
