import { type SettingName, type SettingNotes, notes, settings } from './settings.js';
import { settingNames } from './read-settings.js';

const titles: Readonly<Record<SettingNotes['group'], string>> = {
  server: 'The server',
  database: 'The database',
  cache: 'The cache',
  users: 'Users',
  operations: 'Operations',
};

/** Returns the text of `.env.example`: every setting with its purpose and its default, commented out. */
export function envExample(): string {
  const groups = Object.entries(titles).map(([group, title]) => {
    const names = settingNames().filter((name) => notes.get(settings.shape[name])?.group === group);
    return [`# --- ${title} ---`, ...names.map(entry)].join('\n\n');
  });
  return `${[head, ...groups].join('\n\n')}\n`;
}

const head = `# Copy this file to .env and remove the "#" before the settings that you change. Generated from
# apps/api/src/config/settings.ts. NAME_FILE=path reads the value of NAME from a file. An empty value counts as unset.`;

function entry(name: SettingName): string {
  const note = notes.get(settings.shape[name]);
  return `# ${note?.about}\n# ${name}=${note?.example ?? defaultOf(name)}`;
}

function defaultOf(name: SettingName): string {
  const value = settings.shape[name].safeParse(undefined).data;
  return value === undefined || typeof value === 'object' ? '' : String(value);
}
