import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { type AdmissionLimits, AdmissionQueue, type RequestCounts } from './admission-queue.js';

/** Configures {@link withLoadShedding}. */
export interface LoadSheddingOptions extends Partial<AdmissionLimits> {
  /** The server of the requests. It accepts new connections before waiting requests begin. */
  readonly server: Pick<Server, 'on'>;
  /** Whether a request begins at once and is never refused: a probe. */
  readonly isExempt: (request: IncomingMessage) => boolean;
  /** Receives each request before it may wait, for a logger that measures how long its response took. @default nothing */
  readonly arrived?: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** Sends the response to a refused request: 503 with `Retry-After`. It should cost less than any other response. */
  readonly refuse: (request: IncomingMessage, response: ServerResponse) => void;
}

const DEFAULTS: AdmissionLimits = { concurrency: 64, mostWaitMs: 1_000, mostInProgress: 2_000 };

/** Otherwise clients that repeat a refused request at once would occupy the event loop with refusals. */
const REFUSAL_DELAY_MS = 30;

const queues = new WeakMap<object, AdmissionQueue>();

/** Returns the counts of a server, or `undefined` if it has no load shedding. */
export function requestCountsOf(server: object): RequestCounts | undefined {
  return queues.get(server)?.counts;
}

/**
 * Returns a listener that passes requests to `handler` while the process can answer them in time, and refuses the others.
 *
 * The trap: it must be the only `request` listener that answers, before the router and every hook.
 *
 * @example
 * server.removeAllListeners('request').on('request', withLoadShedding(handler, { server, isExempt, refuse }));
 */
export function withLoadShedding(
  handler: RequestListener,
  { server, isExempt, arrived, refuse, ...limits }: LoadSheddingOptions,
): RequestListener {
  const queue = new AdmissionQueue({ ...DEFAULTS, ...limits });
  queues.set(server, queue);
  server.on('connection', () => queue.connected());
  return (request, response) => {
    arrived?.(request, response);
    if (isExempt(request)) {
      handler(request, response);
      return;
    }
    const accepted = queue.accept((done) => {
      // The client left while its request waited.
      if (request.destroyed) process.nextTick(done);
      else handler(request, response.once('close', done));
    });
    if (!accepted) setTimeout(() => refuse(request, response), REFUSAL_DELAY_MS);
  };
}
