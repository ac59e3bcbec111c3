import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { settingFaults } from './container-settings.js';
import { manifestFaults } from './manifest-faults.js';
import type { Manifest } from './manifest.js';
import { podSecurityFaults } from './pod-security-faults.js';
import { probeFaults } from './probe-faults.js';
import { referenceFaults } from './reference-faults.js';
import { parseManifests, renderText } from './render.js';
import { schemaFaults } from './schema-faults.js';

/** Without a fault in this text, `overlays.spec.ts` is green. */
let rendered: string;
beforeAll(() => {
  rendered = renderText(join(import.meta.dirname, 'with-metrics'));
});

/** Returns the manifests after one edit of the text. */
function edited(from: string, to: string): Manifest[] {
  if (!rendered.includes(from)) throw new Error(`The manifests do not have ${JSON.stringify(from)}.`);
  return parseManifests(rendered.replace(from, to));
}

describe(manifestFaults, () => {
  it.each([
    ['a misspelt key', 'readinessProbe:', 'readinesProbe:', '\'"readinesProbe"\' does not exist in type'],
    [
      'a wrong path of a probe',
      '/health/live',
      '/healthz',
      'livenessProbe asks for /healthz, which the API does not have',
    ],
    [
      'a grace period that is too short',
      'terminationGracePeriodSeconds: 45',
      'terminationGracePeriodSeconds: 30',
      'terminationGracePeriodSeconds is 30, and preStop, SHUTDOWN_DELAY and the drain take 34 s',
    ],
  ])('reports %s', async (_, from, to, fault) => {
    expect(await manifestFaults(edited(from, to))).toContainEqual(expect.stringContaining(fault));
  });
});

describe(schemaFaults, () => {
  it.each([
    ['maxSurge: 1', 'maxSurges: 1', '\'"maxSurges"\' does not exist in type'],
    ['minReplicas: 3', 'minReplicas: "3"', 'HorizontalPodAutoscaler nuthatch: data/spec/minReplicas must be integer'],
    ['interval: 15s', 'intervall: 15s', 'ServiceMonitor nuthatch: Object literal may only specify known properties'],
    ['kind: Deployment\n    name: nuthatch', 'kind: Deployment', 'must have required property name'],
  ])('reports %j edited to %j', async (from, to, fault) => {
    expect(await schemaFaults(edited(from, to))).toContainEqual(expect.stringContaining(fault));
  });
});

describe(probeFaults, () => {
  it.each([
    [
      'path: /health/started\n            port: http',
      'path: /health/started\n            port: web',
      'startupProbe asks port web',
    ],
    ['SHUTDOWN_DELAY: 5s', 'SHUTDOWN_DELAY: 30s', 'the drain take 59 s'],
    ['seconds: 5', 'seconds: 60', 'the drain take 89 s'],
    ['      terminationGracePeriodSeconds: 45\n', '', 'terminationGracePeriodSeconds is 30'],
  ])('reports %j edited to %j', (from, to, fault) => {
    expect(probeFaults(edited(from, to))).toContainEqual(expect.stringContaining(fault));
  });
});

describe(settingFaults, () => {
  it.each([
    ['CACHE_L1_MAX_BYTES: 64mb', 'CACHE_L1_MAX_SIZE: 64mb', 'CACHE_L1_MAX_SIZE is not a setting'],
    [
      'CACHE_L1_MAX_BYTES: 64mb',
      'CACHE_L1_MAX_BYTES: "64"',
      'CACHE_L1_MAX_BYTES is "64". Write a size of at least 1b, such as 64mb.',
    ],
    ['name: REDIS_URL_FILE', 'name: REDIS_URI_FILE', 'REDIS_URI_FILE is not a setting'],
    [
      'value: /run/secrets/nuthatch/redis-url',
      'value: /run/secrets/nuthatch/redis',
      'REDIS_URL_FILE names /run/secrets/nuthatch/redis',
    ],
    [
      '- mountPath: /run/secrets/nuthatch\n',
      '- mountPath: /run/secrets/api\n',
      'DATABASE_URL_FILE names /run/secrets/nuthatch/database-url',
    ],
  ])('reports %j edited to %j', (from, to, fault) => {
    expect(settingFaults(edited(from, to))).toContainEqual(expect.stringContaining(fault));
  });
});

describe(referenceFaults, () => {
  it.each([
    ['containerPort: 3000', 'containerPort: 8080', 'port http is 8080, where the API does not listen'],
    ['METRICS_PORT: "9464"', 'METRICS_PORT: "9465"', 'port metrics is 9464, where the API does not listen'],
    ['targetPort: http', 'targetPort: web', 'Service nuthatch names port web, which its pods do not have'],
    ['- port: http\n', '- port: web\n', 'NetworkPolicy nuthatch names port web, which its pods do not have'],
    [
      '    port: metrics\n',
      '    port: web\n',
      'ServiceMonitor nuthatch names port web, which its Service does not have',
    ],
    [
      '  selector:\n    app.kubernetes.io/name: nuthatch',
      '  selector:\n    app: nuthatch',
      'Service nuthatch selects no pod',
    ],
    ['kind: Deployment\n    name: nuthatch', 'kind: Deployment\n    name: api', 'scales api, which does not exist'],
    ['  strategy:', '  replicas: 3\n  strategy:', 'Deployment nuthatch has replicas beside an autoscaler'],
    ['serviceAccountName: nuthatch\n', 'serviceAccountName: api\n', 'Deployment nuthatch names a service account'],
  ])('reports %j edited to %j', (from, to, fault) => {
    expect(referenceFaults(edited(from, to))).toContainEqual(expect.stringContaining(fault));
  });
});

describe(podSecurityFaults, () => {
  it.each([
    ['runAsNonRoot: true', 'runAsNonRoot: false', 'runAsNonRoot is not true'],
    ['runAsUser: 1000', 'runAsUser: 0', 'runAsUser is 0'],
    ['type: RuntimeDefault', 'type: Unconfined', 'seccompProfile is neither'],
    ['allowPrivilegeEscalation: false', 'privileged: true', 'allowPrivilegeEscalation is not false'],
    ['allowPrivilegeEscalation: false', 'privileged: true', 'privileged is true'],
    [
      '            drop:\n            - ALL',
      '            add:\n            - SYS_TIME',
      'capabilities.drop does not have ALL',
    ],
    [
      '            drop:\n            - ALL',
      '            add:\n            - SYS_TIME',
      'capabilities.add has SYS_TIME',
    ],
    ['containerPort: 3000', 'containerPort: 3000\n          hostPort: 3000', 'a port is a hostPort'],
    ['readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false', 'readOnlyRootFilesystem is not true'],
    ['enableServiceLinks: false', 'hostPID: true', 'the pod shares a namespace of its node'],
    ['        fsGroup: 1000', '        sysctls: []', 'the pod sets sysctls'],
    ['      - name: secrets\n        secret:', '      - name: secrets\n        hostPath:', 'a volume is a hostPath'],
  ])('reports %j edited to %j', (from, to, fault) => {
    expect(podSecurityFaults(edited(from, to))).toContainEqual(expect.stringContaining(fault));
  });
});
