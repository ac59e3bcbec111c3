import { count, table } from '../../../compare/figures/table.js';
import type { Result } from './result.js';

/** @param unit the contender whose requests per second are 1.00 × */
export function speedTable(results: readonly Result[], unit: string): string {
  const one = results.find(({ id }) => id === unit);
  const headings = ['', '>requests/s', '>×', '>p50', '>p99', '>processor time', '>of its core', '>commands of Redis'];
  const rows = results.map((result) => [
    result.name,
    count(Math.round(result.requestsPerSecond)),
    one ? (result.requestsPerSecond / one.requestsPerSecond).toFixed(2) : '',
    milliseconds(result.p50Ms),
    milliseconds(result.p99Ms),
    `${result.cpuMicros.toFixed(1)} µs`,
    `${Math.round(100 * result.coreShare)} %`,
    result.redisCommands.toFixed(2),
  ]);
  return table(headings, rows);
}

export function latencyTable(results: readonly Result[]): string {
  const rows = results.map(({ name, requestsPerSecond, p50Ms, p99Ms }) => [
    name,
    count(Math.round(requestsPerSecond)),
    milliseconds(p50Ms),
    milliseconds(p99Ms),
  ]);
  return table(['', '>requests/s', '>p50', '>p99'], rows);
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(2)} ms`;
}
