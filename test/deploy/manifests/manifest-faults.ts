import { settingFaults } from './container-settings.js';
import type { Manifest } from './manifest.js';
import { podSecurityFaults } from './pod-security-faults.js';
import { probeFaults } from './probe-faults.js';
import { referenceFaults } from './reference-faults.js';
import { schemaFaults } from './schema-faults.js';

/** Returns every fault of rendered manifests: in themselves, in how they fit together, and compared with the code of the API. */
export async function manifestFaults(manifests: readonly Manifest[]): Promise<string[]> {
  return [
    ...(await schemaFaults(manifests)),
    ...podSecurityFaults(manifests),
    ...settingFaults(manifests),
    ...probeFaults(manifests),
    ...referenceFaults(manifests),
  ];
}
