import { describe, expect, it } from 'vitest';
import { wrkReport } from './wrk.js';

/** wrk writes a space after a unit of one letter. */
const report = `Running 3s test @ http://127.0.0.1:21999/users/x
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.16ms    5.31ms  99.19ms   92.88%
    Req/Sec    18.90k     6.01k   30.66k    60.00%
  Latency Distribution
     50%  950.00us
     75%    4.93ms
     90%    8.14ms
     99%    1.02s 
  56384 requests in 3.00s, 18.65MB read
Requests/sec:  18338.62
Transfer/sec:      6.21MB
`;

describe(wrkReport, () => {
  it('reads requests, time and latencies in every unit', () => {
    expect(wrkReport(report)).toEqual({ requests: 56_384, seconds: 3, p50Ms: 0.95, p99Ms: 1_020 });
  });

  it.each(['  Socket errors: connect 0, read 3, write 0, timeout 0', '  Non-2xx or 3xx responses: 7'])(
    'does not take a run for good that says "%s"',
    (fault) => {
      expect(() => wrkReport(`${report}${fault}\n`)).toThrow(fault.trim());
    },
  );

  it('rejects a report that it cannot read', () => {
    expect(() => wrkReport('unable to connect')).toThrow(/unknown format/);
    expect(() => wrkReport(report.replace('950.00us', 'soon'))).toThrow(/not a time/);
  });
});
