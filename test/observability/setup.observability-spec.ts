import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { folder } from './files.js';

const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}

const compose: { readonly services: Readonly<Record<string, Service>> } = parse(
  readFileSync(join(folder, '../compose.yaml'), 'utf8'),
);

/** Returns the source of what a service has at a path. */
function mounted(service: string, target: string): string | undefined {
  const volume = compose.services[service]?.volumes?.find((each) => each.split(':')[1] === target);
  return volume?.split(':')[0];
}

describe('the profile observability of docker/compose.yaml', () => {
  it('lets Prometheus scrape the port on which the API serves its metrics', () => {
    const config: { readonly scrape_configs: readonly { readonly static_configs: readonly unknown[] }[] } = parse(
      read('prometheus.yaml'),
    );
    const port = compose.services['app']?.environment?.['METRICS_PORT'];
    expect(config.scrape_configs[0]?.static_configs).toEqual([{ targets: [`app:${port}`] }]);
  });

  it('mounts the configuration and the rules where Prometheus reads them', () => {
    const config: { readonly rule_files: readonly string[] } = parse(read('prometheus.yaml'));
    expect(mounted('prometheus', '/etc/prometheus/prometheus.yml')).toBe('./observability/prometheus.yaml');
    expect(mounted('prometheus', '/etc/prometheus/rules')).toBe('./observability/rules');
    for (const file of config.rule_files) expect([file, existsSync(join(folder, file))]).toEqual([file, true]);
  });

  it('mounts the dashboards where their provider looks, and the first one is the home of Grafana', () => {
    const provisioned: { readonly providers: readonly { readonly options: { readonly path: string } }[] } = parse(
      read('grafana/provisioning/dashboards/dashboards.yaml'),
    );
    const path = provisioned.providers[0]?.options.path ?? '';
    expect(mounted('grafana', path)).toBe('./observability/grafana/dashboards');
    expect(mounted('grafana', '/etc/grafana/provisioning')).toBe('./observability/grafana/provisioning');
    const home = compose.services['grafana']?.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? '';
    expect(existsSync(home.replace(path, join(folder, 'grafana/dashboards')))).toBe(true);
  });

  it('provisions each data source that a panel names', () => {
    const { datasources }: { readonly datasources: readonly { readonly uid: string; readonly type: string }[] } = parse(
      read('grafana/provisioning/datasources/datasources.yaml'),
    );
    const known = datasources.map(({ type, uid }) => `${type} ${uid}`);
    for (const file of readdirSync(join(folder, 'grafana/dashboards'))) {
      const text = read(join('grafana/dashboards', file));
      const named = [...text.matchAll(/"type":\s*"(\w+)",\s*"uid":\s*"(\w+)"/g)].map(
        ([, type, uid]) => `${type} ${uid}`,
      );
      expect(named.length).toBeGreaterThan(0);
      expect(known).toEqual(expect.arrayContaining(named));
    }
  });
});
