import { dirname, posix } from 'node:path';
import { AppConfig } from '../../../apps/api/src/app.config.js';
import { SettingsInvalid, settingNames } from '../../../apps/api/src/config/read-settings.js';
import { notes, settings, type SettingName } from '../../../apps/api/src/config/settings.js';
import {
  type Container,
  containersOf,
  type Manifest,
  nameOf,
  ofKind,
  podOf,
  type Workload,
  workloadsOf,
} from './manifest.js';

/** Variables of Node. The API does not read them. */
const OF_NODE = new Set(['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'TZ']);

/** Returns which variables of the containers the API does not have, refuses or warns about, and which of their files do not exist. */
export function settingFaults(manifests: readonly Manifest[]): string[] {
  return workloadsOf(manifests).flatMap((workload) =>
    containersOf(workload).flatMap((container) => {
      const environment = environmentOf(container, manifests);
      return [
        ...Object.keys(environment).flatMap(unknownName),
        ...Object.entries(environment).flatMap(([name, value]) => missingFile(name, value, workload, container)),
        ...refusals(withExamples(environment)),
      ].map((fault) => `${nameOf(workload)}, ${container.name}: ${fault}`);
    }),
  );
}

/** Returns the configuration of the API in a container, without the settings that it refuses: {@link settingFaults} reports them. */
export function configOf(container: Container, manifests: readonly Manifest[]): AppConfig {
  const given = Object.entries(withExamples(environmentOf(container, manifests)));
  return new AppConfig(
    Object.fromEntries(
      given.filter(([name, value]) => isSetting(name) && settings.shape[name].safeParse(value).success),
    ),
  );
}

/** Returns the environment of a container: the ConfigMaps of `envFrom`, and `env` over them. */
export function environmentOf(container: Container, manifests: readonly Manifest[]): Record<string, string> {
  const named = container.envFrom?.flatMap(({ configMapRef }) => {
    const map = ofKind(manifests, 'ConfigMap').find(({ metadata }) => metadata?.name === configMapRef?.name);
    if (!map) throw new Error(`envFrom names the ConfigMap ${configMapRef?.name}, which does not exist.`);
    return Object.entries(map.data ?? {});
  });
  return Object.fromEntries([...(named ?? []), ...(container.env ?? []).map(({ name, value = '' }) => [name, value])]);
}

function unknownName(name: string): string[] {
  const known = OF_NODE.has(name) || isSetting(name) || isSetting(withoutFile(name));
  return known ? [] : [`${name} is not a setting`];
}

/** A file is in a volume of a Secret that has the file among its items. */
function missingFile(name: string, path: string, workload: Workload, { volumeMounts = [] }: Container): string[] {
  if (isSetting(name) || !isSetting(withoutFile(name))) return [];
  const mount = volumeMounts.find(({ mountPath }) => mountPath === dirname(path));
  const volume = podOf(workload)?.volumes?.find((candidate) => candidate.name === mount?.name);
  const exists = volume?.secret?.items?.some((item) => item.path === posix.basename(path));
  return exists ? [] : [`${name} names ${path}, which is in no volume of the container`];
}

function refusals(environment: Record<string, string>): string[] {
  try {
    return [...new AppConfig(environment).warnings];
  } catch (error) {
    if (error instanceof SettingsInvalid)
      return error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    throw error;
  }
}

/** The files do not exist on this machine, so each gives way to the example of its setting. */
function withExamples(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => {
      const setting = withoutFile(name);
      if (isSetting(name) || !isSetting(setting)) return [name, value];
      return [setting, notes.get(settings.shape[setting])?.example ?? ''];
    }),
  );
}

function withoutFile(name: string): string {
  return name.replace(/_FILE$/, '');
}

function isSetting(name: string): name is SettingName {
  return settingNames().some((setting) => setting === name);
}
