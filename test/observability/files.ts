import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The files that docker/compose.yaml mounts into Prometheus and Grafana. */
export const folder = join(import.meta.dirname, '../../docker/observability');

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

interface RuleFile<Rule> {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

/** One test of `promtool test rules`. */
export interface RuleCase {
  readonly name: string;
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
}

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly type: string };
  readonly targets?: readonly { readonly expr: string }[];
}

/** One question of a dashboard. */
export interface Question {
  readonly dashboard: string;
  readonly panel: string;
  readonly expr: string;
}

const rulesOf = <Rule>(name: string): readonly Rule[] => {
  const file: RuleFile<Rule> = parse(readFileSync(join(folder, 'rules', name), 'utf8'));
  return file.groups.flatMap(({ rules }) => rules);
};

export const alertRules = (): readonly AlertRule[] => rulesOf('alerts.yaml');

export const recordingRules = (): readonly RecordingRule[] => rulesOf('recording.yaml');

export function alertCases(): readonly RuleCase[] {
  const file: { readonly tests: readonly RuleCase[] } = parse(
    readFileSync(join(folder, 'rules/alerts.test.yaml'), 'utf8'),
  );
  return file.tests;
}

/** Returns the questions of all dashboards to one kind of server. */
export function questionsTo(server: 'prometheus' | 'loki'): readonly Question[] {
  const dashboards = join(folder, 'grafana/dashboards');
  return readdirSync(dashboards).flatMap((file) => {
    const board: { readonly panels: readonly Panel[] } = JSON.parse(readFileSync(join(dashboards, file), 'utf8'));
    return board.panels
      .filter(({ datasource }) => datasource?.type === server)
      .flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ dashboard: file, panel: title, expr })));
  });
}
