import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';

export type Workload = IDeployment | IJob;
export type Manifest =
  | Workload
  | IConfigMap
  | IHorizontalPodAutoscaler
  | INamespace
  | INetworkPolicy
  | IPodDisruptionBudget
  | IService
  | IServiceAccount
  | IServiceMonitor;

type PodSpec = NonNullable<ReturnType<typeof podOf>>;
export type Container = PodSpec['containers'][number];
export type Labels = Readonly<Record<string, string>> | undefined;

/** Returns `Deployment nuthatch`, the first words of each fault. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata?.name ?? '(without a name)'}`;
}

/** Returns the manifests of one kind. */
export function ofKind<Kind extends Manifest['kind']>(
  manifests: readonly Manifest[],
  kind: Kind,
): Extract<Manifest, { kind: Kind }>[] {
  return manifests.filter((manifest): manifest is Extract<Manifest, { kind: Kind }> => manifest.kind === kind);
}

/** Returns the manifests that start pods. */
export function workloadsOf(manifests: readonly Manifest[]): Workload[] {
  return [...ofKind(manifests, 'Deployment'), ...ofKind(manifests, 'Job')];
}

/** Returns the specification of the pods that a workload starts. */
export function podOf({ spec }: Workload) {
  return spec?.template.spec;
}

export function containersOf(workload: Workload): Container[] {
  const pod = podOf(workload);
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
}

/** Returns the workloads whose pods have all labels of a selector. */
export function selectedBy(selector: Labels, manifests: readonly Manifest[]): Workload[] {
  const wanted = Object.entries(selector ?? {});
  return workloadsOf(manifests).filter(({ spec }) => {
    const labels = spec?.template.metadata?.labels ?? {};
    return wanted.every(([name, value]) => labels[name] === value);
  });
}
