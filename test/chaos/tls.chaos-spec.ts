import { describeFailures } from './describe-failures.js';
import { TLS_FAILURES } from './tls-failures.js';
import { TlsFleet } from './tls-fleet.js';

describeFailures('one server over TLS', TLS_FAILURES, () => TlsFleet.start());
