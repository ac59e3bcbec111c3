import { median } from '../../median.js';

/** The figures of one measurement. */
export interface Sample {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the server for one request, in microseconds. */
  readonly cpuMicros: number;
  /** How much of a core the server used, from 0 to 1. The rest of the time it waited for requests or for the core. */
  readonly coreShare: number;
  /** Redis commands per request. */
  readonly redisCommands: number;
}

/** The median of each figure over several measurements, and the measurements. */
export interface Result extends Sample {
  readonly id: string;
  readonly name: string;
  /** One per round. */
  readonly samples: readonly Sample[];
}

export function resultOf({ id, name }: Pick<Result, 'id' | 'name'>, samples: readonly Sample[]): Result {
  const middle = (figure: keyof Sample): number => median(samples.map((sample) => sample[figure]));
  return {
    id,
    name,
    samples,
    requestsPerSecond: middle('requestsPerSecond'),
    p50Ms: middle('p50Ms'),
    p99Ms: middle('p99Ms'),
    cpuMicros: middle('cpuMicros'),
    coreShare: middle('coreShare'),
    redisCommands: middle('redisCommands'),
  };
}
