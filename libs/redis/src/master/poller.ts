import { withDeadline } from '../connection/deadline.js';
import type { RedisClient } from '../connection/driver.js';
import { Reconnector } from '../connection/reconnector.js';
import { errorCode } from '../error-code.js';

const POLL_MS = 250;
/** The shortest time between two questions out of turn, in milliseconds: a resharding redirects many steps at once. */
const SPACING_MS = 50;

export interface PollerOptions<Answer> {
  /** Creates the client of the next attempt to connect. */
  readonly connect: () => RedisClient;
  readonly question: (client: RedisClient) => Promise<Answer>;
  /** How long the server may take to answer, in milliseconds. Then it is connected to again. */
  readonly answerMs: number;
  readonly onAnswer: (answer: Answer) => void;
  /** Receives the code of each failure: of a question, of the connection, or of an attempt to connect. */
  readonly onFailure: (code: string) => void;
}

/** Keeps a connection to a server and asks it the same question: four times a second, and soon after {@link askSoon}. */
export class Poller<Answer> {
  readonly #reconnector: Reconnector;
  #asking = false;
  #movesOn = false;
  #poll: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(private readonly options: PollerOptions<Answer>) {
    const { connect, onFailure } = options;
    this.#reconnector = new Reconnector(connect, { onReady: () => void this.#ask(), onError: onFailure });
  }

  start(): void {
    this.#reconnector.connect();
    this.#poll = setInterval(() => (this.#movesOn ? this.#reconnect() : void this.#ask()), POLL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#soon);
    this.#reconnector.end();
  }

  /** Asks out of turn, at most twenty times a second. */
  askSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.#ask();
    }, SPACING_MS).unref();
  }

  /** Connects again at the next poll, unless the server has answered well by then. */
  moveOn(): void {
    this.#movesOn = this.#reconnector.client !== undefined;
  }

  /** Asks, unless an answer is due. */
  async #ask(): Promise<void> {
    const { client } = this.#reconnector;
    if (!client || this.#asking) return;
    const { question, answerMs, onAnswer, onFailure } = this.options;
    this.#asking = true;
    const [answer] = await Promise.allSettled([withDeadline(() => question(client), answerMs, { timedOut: () => {} })]);
    this.#asking = false;
    // What a former connection says counts no more.
    if (client !== this.#reconnector.client) return;
    if (answer.status === 'fulfilled') {
      this.#movesOn = false;
      this.#reconnector.succeeded();
      return onAnswer(answer.value);
    }
    const code = errorCode(answer.reason);
    onFailure(code);
    if (code === 'REDIS_TIMEOUT') this.#reconnect();
  }

  #reconnect(): void {
    this.#movesOn = false;
    this.#reconnector.redirect();
  }
}
