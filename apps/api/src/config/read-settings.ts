import { readFileSync } from 'node:fs';
import { conflicts } from './conflicts.js';
import type { Environment } from './environment.js';
import { type SettingName, type Settings, notes, settings } from './settings.js';

/** Stops the boot: lists every invalid setting of the environment and how to write it. */
export class SettingsInvalid extends Error {
  override readonly name = 'SettingsInvalid';
  readonly code = 'SETTINGS_INVALID';

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? 'One setting is' : `${problems.length} settings are`;
    super([`${count} invalid:`, ...problems.map((problem) => `  - ${problem}`)].join('\n'));
  }
}

/**
 * Reads the settings. An empty value counts as unset. `NAME_FILE` names a file with the value of `NAME`.
 *
 * @throws SettingsInvalid
 */
export function readSettings(environment: Environment): Settings {
  const problems: string[] = [];
  const texts: Partial<Record<SettingName, string>> = {};
  const unreadable = new Set<string>();
  for (const name of settingNames()) {
    const text = textOf(name, environment);
    if (typeof text === 'string') texts[name] = text;
    if (text instanceof Error) {
      problems.push(text.message);
      unreadable.add(name);
    }
  }
  const result = settings.safeParse(texts);
  if (!result.success) {
    const wrong = new Set(result.error.issues.map(({ path }) => path[0]));
    problems.push(
      ...settingNames()
        .filter((name) => wrong.has(name) && !unreadable.has(name))
        .map((name) => complaint(name, texts[name])),
    );
  }
  if (result.success) problems.push(...conflicts(result.data));
  if (!result.success || problems.length > 0) throw new SettingsInvalid(problems);
  return result.data;
}

export function settingNames(): SettingName[] {
  return settings.keyof().options;
}

/**
 * Returns a function that reads the text of a setting again. While its file is unreadable, such as during its replacement, the
 * function returns the last text.
 */
export function settingReader(name: SettingName, environment: Environment): () => string | undefined {
  let last: string | undefined;
  return () => {
    const text = textOf(name, environment);
    if (!(text instanceof Error)) last = text;
    return last;
  };
}

/** Returns the text of a setting, `undefined` when it is unset, or an error when it is given twice or its file is unreadable. */
function textOf(name: SettingName, environment: Environment): string | undefined | Error {
  const direct = environment[name] || undefined;
  const file = environment[`${name}_FILE`] || undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) return new Error(`${name} is given twice. Keep either ${name} or ${name}_FILE.`);
  try {
    // Editors and `echo` add a newline at the end of the file.
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch (cause) {
    return new Error(`${name}_FILE names ${file}, which cannot be read. Name a readable file, or set ${name}.`, {
      cause,
    });
  }
}

function complaint(name: SettingName, text: string | undefined): string {
  const note = notes.get(settings.shape[name]);
  const shown = note?.secret ? 'has a value (not shown) that does not fit' : `is ${JSON.stringify(text)}`;
  return `${name} ${shown}. ${note?.write ?? ''}`.trimEnd();
}
