import { describe, expect, it } from 'vitest';
import { manifestFaults } from './manifest-faults.js';
import { containersOf, ofKind, podOf, workloadsOf } from './manifest.js';
import { render } from './render.js';

describe('the kustomizations', () => {
  it.each([
    'base',
    'overlays/production',
    'overlays/sentinel',
    'overlays/cluster',
    '../../test/deploy/manifests/with-metrics',
  ])('%s renders to manifests that Kubernetes accepts and that fit the API', async (folder) => {
    expect(await manifestFaults(render(folder))).toEqual([]);
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
