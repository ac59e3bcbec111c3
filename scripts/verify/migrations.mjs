import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = 'apps/api/src/database/migrations';

/** Every migration is in the index. One that is missing there compiles, and never runs. */
export function checkMigrations(root) {
  return migrationFaults(readdirSync(join(root, folder)), readFileSync(join(root, folder, 'index.ts'), 'utf8'));
}

/** Compares the names of the files with the imports and the members of the index. */
export function migrationFaults(files, index) {
  const names = files.flatMap((file) => /^(\d+-.+)\.ts$/.exec(file)?.[1] ?? []);
  const imported = new Map(
    [...index.matchAll(/^import \* as (\w+) from '\.\/(\d+-[^']+)\.js';$/gm)].map(([, word, name]) => [name, word]),
  );
  const listed = [...index.matchAll(/^ {2}'(\d+-[^']+)': (\w+),$/gm)].map(([, name, word]) => ({ name, word }));
  const missing = names
    .filter((name) => listed.find((each) => each.name === name)?.word !== imported.get(name) || !imported.has(name))
    .map((name) => `${folder}/index.ts: import './${name}.js', and list it as '${name}'. It never runs otherwise`);
  const order = listed.map(({ name }) => name);
  const sorted = order.toSorted((a, b) => (a < b ? -1 : 1));
  const numbers = Map.groupBy(names, (name) => Number.parseInt(name, 10));
  return [
    ...missing,
    ...order
      .filter((name, at) => name !== sorted[at])
      .slice(0, 1)
      .map((name) => `${folder}/index.ts: ${name} is not in the order of the numbers`),
    ...[...numbers.values()]
      .filter(({ length }) => length > 1)
      .map((same) => `${folder}: ${same.join(' and ')} have the same number. Give the newer one the next number`),
  ];
}
