import { describe, expect, it } from 'vitest';
import { manifestFaults } from './manifest-faults.js';
import { containersOf, ofKind, podOf, workloadsOf } from './manifest.js';
import { render } from './render.js';

const notYet = 'This release supports a single Redis server: leave it unset and set REDIS_URL.';

/**
 * The faults that a kustomization has until the API has the settings. Once it has them, remove the line here and the note in
 * docs/operations/kubernetes.md.
 */
const sentinelFaults = ['Deployment nuthatch, api', 'Job nuthatch-migration, migrate'].flatMap((container) => [
  expect.stringMatching(new RegExp(`^${container}: - REDIS_SENTINELS is .* ${notYet}$`)),
  expect.stringMatching(new RegExp(`^${container}: - REDIS_MASTER is .* ${notYet}$`)),
]);
const metricsFaults = ['Deployment nuthatch, api', 'Job nuthatch-migration, migrate'].map(
  (container) => `${container}: METRICS_PORT is not a setting`,
);

describe('the kustomizations', () => {
  it.each([
    ['base', []],
    ['overlays/production', []],
    ['overlays/sentinel', sentinelFaults],
    ['../../test/deploy/manifests/with-metrics', metricsFaults],
  ])('%s renders to manifests that Kubernetes accepts and that fit the API', async (folder, faults) => {
    expect(await manifestFaults(render(folder))).toEqual(faults);
  });

  it('have one image in every container, and a tag instead of "latest"', () => {
    const images = workloadsOf(render('overlays/production'))
      .flatMap(containersOf)
      .map(({ image }) => image);
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/:\d+\.\d+\.\d+$/);
  });

  it('limit the memory of a container, and no CPU', () => {
    for (const container of workloadsOf(render('overlays/production')).flatMap(containersOf)) {
      const { requests, limits } = container.resources ?? {};
      expect([container.name, Object.keys(limits ?? {}), limits?.['memory']]).toEqual([
        container.name,
        ['memory'],
        requests?.['memory'],
      ]);
    }
  });

  it('give the migration a role and a secret of its own', () => {
    const manifests = render('overlays/production');
    const [deployment, job] = workloadsOf(manifests);
    const secrets = [deployment, job].map(
      (workload) => workload && podOf(workload)?.volumes?.map(({ secret }) => secret?.secretName),
    );
    expect(secrets).toEqual([['nuthatch'], ['nuthatch-migration']]);
    expect(ofKind(manifests, 'ConfigMap')[0]?.data).toMatchObject({ DATABASE_MIGRATE: 'false' });
  });
});
