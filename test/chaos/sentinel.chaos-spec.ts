import { describeFailures } from './describe-failures.js';
import { SENTINEL_FAILURES } from './sentinel-failures.js';
import { SentinelFleet } from './sentinel-fleet.js';

describeFailures('a master that Sentinels monitor', SENTINEL_FAILURES, () => SentinelFleet.start());
