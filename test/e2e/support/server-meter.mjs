/**
 * Import it into the application: `NODE_OPTIONS='--import …'`. Each SIGCONT prints the processor time of the event loop so far, how
 * many requests were refused before the router, and how long the slowest refusal took, from the arrival of the request at Node to the
 * end of its response. A client on a busy core cannot measure that. The time in which other processes used the core of the server
 * does not count.
 */
import { subscribe } from 'node:diagnostics_channel';
import { coreWaitOf } from './core-wait.mjs';

const coreWaitMs = coreWaitOf(process.pid);
const now = () => performance.now() - coreWaitMs();
const arrivals = new WeakMap();
let refusals = 0;
let slowestRefusalMs = 0;

subscribe('http.server.request.start', ({ request }) => arrivals.set(request, now()));
// The router has accepted it: a 503 of a handler is no refusal.
subscribe('tracing:fastify.request.handler:start', ({ request }) => arrivals.delete(request.raw));
subscribe('http.server.response.finish', ({ request, response }) => {
  const arrivedAt = arrivals.get(request);
  if (response.statusCode !== 503 || arrivedAt === undefined) return;
  refusals += 1;
  slowestRefusalMs = Math.max(slowestRefusalMs, now() - arrivedAt);
});
process.on('SIGCONT', () => {
  const { user, system } = process.threadCpuUsage();
  const report = { processorMs: (user + system) / 1_000, refusals, slowestRefusalMs };
  process.stdout.write(`${JSON.stringify(report)}\n`);
});
