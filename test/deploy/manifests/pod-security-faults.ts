import { type Container, containersOf, type Manifest, nameOf, podOf, type Workload, workloadsOf } from './manifest.js';

/** The volumes that the "restricted" Pod Security Standard allows, and that need no permission on a node. */
const ALLOWED_VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'name',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** Returns why the "restricted" Pod Security Standard would refuse the pods, and which containers could write to their image. */
export function podSecurityFaults(manifests: readonly Manifest[]): string[] {
  return workloadsOf(manifests).flatMap((workload) => [
    ...podFaults(workload),
    ...containersOf(workload).flatMap((container) =>
      containerFaults(workload, container).map((fault) => `${nameOf(workload)}, ${container.name}: ${fault}`),
    ),
  ]);
}

function podFaults(workload: Workload): string[] {
  const { hostNetwork, hostPID, hostIPC, volumes = [], securityContext } = podOf(workload) ?? {};
  const forbidden = volumes.flatMap((volume) => Object.keys(volume).filter((key) => !ALLOWED_VOLUMES.has(key)));
  return [
    ...(hostNetwork || hostPID || hostIPC ? ['the pod shares a namespace of its node'] : []),
    ...(securityContext?.sysctls ? ['the pod sets sysctls'] : []),
    ...forbidden.map((key) => `a volume is a ${key}`),
  ].map((fault) => `${nameOf(workload)}: ${fault}`);
}

function containerFaults(workload: Workload, { securityContext: own = {}, ports = [] }: Container): string[] {
  const pod = podOf(workload)?.securityContext ?? {};
  const { type } = own.seccompProfile ?? pod.seccompProfile ?? {};
  const added = (own.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
  const checks: readonly [boolean, string][] = [
    [(own.runAsNonRoot ?? pod.runAsNonRoot) !== true, 'runAsNonRoot is not true'],
    [(own.runAsUser ?? pod.runAsUser) === 0, 'runAsUser is 0'],
    [type !== 'RuntimeDefault' && type !== 'Localhost', 'seccompProfile is neither RuntimeDefault nor Localhost'],
    [own.allowPrivilegeEscalation !== false, 'allowPrivilegeEscalation is not false'],
    [own.privileged === true, 'privileged is true'],
    [own.capabilities?.drop?.includes('ALL') !== true, 'capabilities.drop does not have ALL'],
    [added.length > 0, `capabilities.add has ${added.join(', ')}`],
    [ports.some(({ hostPort }) => hostPort !== undefined), 'a port is a hostPort'],
    [own.readOnlyRootFilesystem !== true, 'readOnlyRootFilesystem is not true'],
  ];
  return checks.filter(([isFault]) => isFault).map(([, fault]) => fault);
}
