import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRAIN_TIMEOUT_MS } from '../../../libs/health/src/drain/drain.service.js';
import { configOf } from './container-settings.js';
import { type Container, type Manifest, nameOf, ofKind, podOf, type Workload } from './manifest.js';

/** Pending invalidations, and then a migration that still runs, get 2 s each before Redis and the database close. */
const CLOSING_MS = 4_000;

/** `npm run verify` compares this document with the code. */
const document = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../docs/reference/openapi.json'), 'utf8'),
) as { readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> };

/** Returns which probes ask for a path or a port that the API does not have, and which pods are killed before their drain ends. */
export function probeFaults(manifests: readonly Manifest[]): string[] {
  return ofKind(manifests, 'Deployment').flatMap((deployment) =>
    (podOf(deployment)?.containers ?? []).flatMap((container) => [
      ...wrongProbes(container).map((fault) => `${nameOf(deployment)}, ${container.name}: ${fault}`),
      ...shortGrace(deployment, container, manifests),
    ]),
  );
}

function wrongProbes(container: Container): string[] {
  const { startupProbe, livenessProbe, readinessProbe } = container;
  return Object.entries({ startupProbe, livenessProbe, readinessProbe }).flatMap(([name, probe]) => {
    const { path = '', port } = probe?.httpGet ?? {};
    if (port === undefined) return [`${name} has no httpGet`];
    return [
      ...(document.paths[path]?.['get'] ? [] : [`${name} asks for ${path}, which the API does not have`]),
      ...(container.ports?.some((candidate) => candidate.name === port)
        ? []
        : [`${name} asks port ${port}, which the container does not have`]),
    ];
  });
}

function shortGrace(workload: Workload, container: Container, manifests: readonly Manifest[]): string[] {
  const { shutdownDelayMs } = configOf(container, manifests);
  const preStopMs = (container.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1_000;
  const neededMs = preStopMs + shutdownDelayMs + DRAIN_TIMEOUT_MS + CLOSING_MS;
  // The default of Kubernetes.
  const { terminationGracePeriodSeconds: graceSeconds = 30 } = podOf(workload) ?? {};
  return graceSeconds * 1_000 >= neededMs
    ? []
    : [
        `${nameOf(workload)}: terminationGracePeriodSeconds is ${graceSeconds}, and preStop, SHUTDOWN_DELAY and the drain take ${neededMs / 1_000} s`,
      ];
}
