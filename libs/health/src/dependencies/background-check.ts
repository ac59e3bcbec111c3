/** The failure of a check that did not settle in time. */
const TIMEOUT = 'TIMEOUT';

/** How often a check runs, and after which time without an answer it counts as failed, in milliseconds. */
export interface CheckTimes {
  readonly everyMs: number;
  readonly timeoutMs: number;
}

/**
 * Repeats a check in the background, so that no probe waits for the checked system. A probe reads the last result, which is at most
 * `everyMs` + `timeoutMs` old.
 */
export class BackgroundCheck {
  #failure: string | undefined = 'NOT_CHECKED';
  #running = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly check: () => Promise<void>,
    private readonly times: CheckTimes,
  ) {}

  /** Why the last check failed: the `code` of its error, such as an SQLSTATE, or its message. `undefined` after a success. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Runs the check now and from now on. Resolves with the first result, at the latest after `timeoutMs`. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.run(), this.times.everyMs).unref();
    await this.run();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Runs the check and keeps its result. Returns at once while an earlier run is in flight. It never rejects. */
  async run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    const late = Promise.withResolvers<string>();
    const deadline = setTimeout(late.resolve, this.times.timeoutMs, TIMEOUT);
    this.#failure = await Promise.race([this.#failureOfRun(), late.promise]);
    clearTimeout(deadline);
  }

  async #failureOfRun(): Promise<string | undefined> {
    try {
      await this.check();
      return undefined;
    } catch (error) {
      return codeOf(error);
    } finally {
      this.#running = false;
    }
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
