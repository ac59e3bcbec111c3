import { type SettingName, type SettingNotes, notes, settings } from './settings.js';
import { settingNames } from './read-settings.js';

const titles: Readonly<Record<SettingNotes['group'], string>> = {
  server: 'The server',
  database: 'The database',
  cache: 'The cache',
  users: 'Users',
};

/** The text of `.env.example`: every setting with what it is for, commented out, at its default. */
export function envExample(): string {
  const groups = Object.entries(titles).map(([group, title]) => {
    const names = settingNames().filter((name) => notes.get(settings.shape[name])?.group === group);
    return [`# --- ${title} ---`, ...names.map(entry)].join('\n\n');
  });
  return `${[head, ...groups].join('\n\n')}\n`;
}

const head = `# Copy to .env and remove the "#" of what you want to change. Made from apps/api/src/config/settings.ts.
# Each of these may also be given as NAME_FILE=path, with the value in that file. An empty value counts as none.`;

function entry(name: SettingName): string {
  const note = notes.get(settings.shape[name]);
  return `# ${note?.about}\n# ${name}=${note?.example ?? defaultOf(name)}`;
}

function defaultOf(name: SettingName): string {
  const value = settings.shape[name].safeParse(undefined).data;
  return value === undefined ? '' : `${value}`;
}
