import { setTimeout as pause } from 'node:timers/promises';
import type { Failure } from './failure.js';
import type { TlsFleet } from './tls-fleet.js';

/** The faults of a server that speaks TLS, in the table of docs/operations/failure-modes.md. */
export const TLS_FAILURES: readonly Failure<TlsFleet>[] = [
  {
    fault: 'the certificate of Redis is renewed, and all connections are closed',
    cause: (fleet) => fleet.replaceCertificate('renewed'),
  },
  {
    fault: 'the certificate of Redis has expired, all connections are closed, and it is renewed 3 s later',
    // After so long, an instance waits for up to 1.25 s before it connects again.
    writesWithinMs: 1_750,
    async cause(fleet) {
      await fleet.replaceCertificate('expired', 0);
      await pause(3_000);
      await fleet.replaceCertificate('renewed');
    },
  },
];
