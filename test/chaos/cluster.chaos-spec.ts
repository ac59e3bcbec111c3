import { CLUSTER_FAILURES } from './cluster-failures.js';
import { ClusterFleet } from './cluster-fleet.js';
import { describeFailures } from './describe-failures.js';

describeFailures('a cluster of three masters', CLUSTER_FAILURES, () => ClusterFleet.start());
