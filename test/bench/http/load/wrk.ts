import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Load, LoadGenerator, LoadReport } from './load.js';

const run = promisify(execFile);
/** Relative to the root of the repository, where the benchmark runs. */
const SCRIPT = 'test/bench/http/load/requests.lua';

export const wrk: LoadGenerator = {
  name: 'wrk, one thread',
  async run(load) {
    const { stdout } = await run('wrk', argumentsFor(load));
    return wrkReport(stdout);
  },
};

function argumentsFor({ port, method, paths, headers, body = '', connections, seconds }: Load): string[] {
  const origin = `http://127.0.0.1:${port}`;
  const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const options = [
    '-t',
    '1',
    '-c',
    String(connections),
    '-d',
    `${seconds}s`,
    '--latency',
    '--timeout',
    '10s',
    ...fields,
  ];
  const [kind, given] = 'numbered' in paths ? ['numbered', [paths.numbered]] : ['in-turn', paths.inTurn];
  const [only, ...more] = given;
  // Without a script, wrk needs less of its core.
  if (kind === 'in-turn' && method === 'GET' && only && more.length === 0) return [...options, origin + only];
  return [...options, '-s', SCRIPT, origin, '--', method, body, kind, ...given];
}

/** Parses the report of wrk. @throws when a request failed. */
export function wrkReport(text: string): LoadReport {
  const fault = /^ *(Socket errors|Non-2xx or 3xx responses):.*$/m.exec(text);
  if (fault) throw new Error(`wrk reports: ${fault[0].trim()}`);
  const [, requests, within] = /^ *(\d+) requests in ([\d.]+\w+),/m.exec(text) ?? [];
  if (!requests || !within) throw new Error(`The report of wrk has an unknown format:\n${text}`);
  const percentile = (percent: number): number =>
    milliseconds(new RegExp(`^ *${percent}% +(\\S+) *$`, 'm').exec(text)?.[1] ?? '');
  return {
    requests: Number(requests),
    seconds: milliseconds(within) / 1_000,
    p50Ms: percentile(50),
    p99Ms: percentile(99),
  };
}

const MICROS = new Map([
  ['us', 1],
  ['ms', 1e3],
  ['s', 1e6],
  ['m', 6e7],
]);

function milliseconds(text: string): number {
  const [, figure, unit = ''] = /^([\d.]+)(us|ms|s|m)$/.exec(text) ?? [];
  const micros = MICROS.get(unit);
  if (micros === undefined) throw new Error(`wrk reports "${text}", which is not a time.`);
  return (Number(figure) * micros) / 1e3;
}
