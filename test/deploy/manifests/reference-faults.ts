import { configOf, environmentOf } from './container-settings.js';
import { containersOf, type Labels, type Manifest, nameOf, ofKind, selectedBy, workloadsOf } from './manifest.js';

type Port = number | string | undefined;

/** Returns what does not fit together: ports, selectors and names that other manifests, or the settings of the API, do not have. */
export function referenceFaults(manifests: readonly Manifest[]): string[] {
  return [
    ...workloadPorts(manifests),
    ...ofKind(manifests, 'Service').flatMap((service) =>
      selectionFaults(
        service,
        service.spec?.selector,
        service.spec?.ports?.map(({ targetPort }) => targetPort),
        manifests,
      ),
    ),
    ...ofKind(manifests, 'NetworkPolicy').flatMap((policy) => {
      const ports = policy.spec?.ingress?.flatMap((rule) => rule.ports ?? []).map(({ port }) => port);
      return selectionFaults(policy, policy.spec?.podSelector?.matchLabels, ports, manifests);
    }),
    ...ofKind(manifests, 'PodDisruptionBudget').flatMap((budget) =>
      selectionFaults(budget, budget.spec?.selector?.matchLabels, [], manifests),
    ),
    ...ofKind(manifests, 'ServiceMonitor').flatMap((monitor) => monitorFaults(monitor, manifests)),
    ...ofKind(manifests, 'HorizontalPodAutoscaler').flatMap((autoscaler) => autoscalerFaults(autoscaler, manifests)),
    ...serviceAccounts(manifests),
  ];
}

/** The ports of the containers are those that the API listens on. */
function workloadPorts(manifests: readonly Manifest[]): string[] {
  return ofKind(manifests, 'Deployment').flatMap((deployment) =>
    containersOf(deployment).flatMap((container) => {
      const listens: Readonly<Record<string, number>> = {
        http: configOf(container, manifests).port,
        metrics: Number(environmentOf(container, manifests)['METRICS_PORT']),
      };
      return (container.ports ?? [])
        .filter(({ name = '', containerPort }) => listens[name] !== containerPort)
        .map(
          ({ name, containerPort }) =>
            `${nameOf(deployment)}: port ${name} is ${containerPort}, where the API does not listen`,
        );
    }),
  );
}

function selectionFaults(
  manifest: Manifest,
  selector: Labels,
  ports: readonly Port[] | undefined,
  manifests: readonly Manifest[],
): string[] {
  const workloads = selectedBy(selector, manifests);
  if (workloads.length === 0) return [`${nameOf(manifest)} selects no pod`];
  const names = new Set(
    workloads
      .flatMap(containersOf)
      .flatMap((container) => container.ports ?? [])
      .map(({ name }) => name),
  );
  return (ports ?? [])
    .filter((port) => !names.has(`${port}`))
    .map((port) => `${nameOf(manifest)} names port ${port}, which its pods do not have`);
}

function monitorFaults(
  monitor: Extract<Manifest, { kind: 'ServiceMonitor' }>,
  manifests: readonly Manifest[],
): string[] {
  const wanted = Object.entries(monitor.spec.selector.matchLabels ?? {});
  const services = ofKind(manifests, 'Service').filter(({ metadata }) =>
    wanted.every(([name, value]) => metadata?.labels?.[name] === value),
  );
  const ports = new Set(services.flatMap(({ spec }) => spec?.ports ?? []).map(({ name }) => name));
  return monitor.spec.endpoints
    .filter(({ port }) => !ports.has(port))
    .map(({ port }) => `${nameOf(monitor)} names port ${port}, which its Service does not have`);
}

/** Each "apply" would set the number of replicas back to the one of the manifest. */
function autoscalerFaults(
  autoscaler: Extract<Manifest, { kind: 'HorizontalPodAutoscaler' }>,
  manifests: readonly Manifest[],
): string[] {
  const name = autoscaler.spec?.scaleTargetRef.name;
  const target = ofKind(manifests, 'Deployment').find(({ metadata }) => metadata?.name === name);
  if (!target) return [`${nameOf(autoscaler)} scales ${name}, which does not exist`];
  return target.spec?.replicas === undefined ? [] : [`${nameOf(target)} has replicas beside an autoscaler`];
}

function serviceAccounts(manifests: readonly Manifest[]): string[] {
  const names = new Set(ofKind(manifests, 'ServiceAccount').map(({ metadata }) => metadata?.name));
  return workloadsOf(manifests)
    .filter(({ spec }) => !names.has(spec?.template.spec?.serviceAccountName))
    .map((workload) => `${nameOf(workload)} names a service account that does not exist`);
}
