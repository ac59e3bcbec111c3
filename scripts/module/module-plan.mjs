import { fieldsOf } from './fields.mjs';
import { NameRefused } from './module-names.mjs';
import { moduleWiring } from './module-wiring.mjs';
import { cache } from './templates/cache.mjs';
import { controller } from './templates/controller.mjs';
import { dto } from './templates/dto.mjs';
import { e2eSpec } from './templates/e2e.mjs';
import { errors } from './templates/errors.mjs';
import { migration } from './templates/migration.mjs';
import { module } from './templates/module.mjs';
import { repository } from './templates/repository.mjs';
import { resource } from './templates/resource.mjs';
import { service } from './templates/service.mjs';

const src = 'apps/api/src';
const migrations = `${src}/database/migrations`;

/**
 * Returns the texts of a new module: of every new file, and of every existing file that has to name it. `names` are those of
 * `moduleNames`, with `fields`. `files` are the paths of the repository, and `read` returns the text of a path. Writes nothing.
 *
 * @throws NameRefused when the name is taken.
 */
export function modulePlan(names, files, read) {
  refuseTaken(names, files, read);
  const number = nextMigration(files);
  const created = filesOf(names, number);
  for (const path of created.keys()) {
    if (files.includes(path)) throw new NameRefused(`${path} exists already. Choose another name, or remove it.`);
  }
  const changed = new Map(
    Object.entries(moduleWiring(names, number)).map(([path, change]) => [path, change(read(path), path)]),
  );
  return { created, changed };
}

function filesOf(names, number) {
  const { plural, singular } = names;
  const folder = `${src}/${plural}`;
  return new Map([
    [`${migrations}/${number}-${plural}.ts`, migration(names)],
    [`${folder}/${singular}.ts`, resource(names)],
    [`${folder}/${plural}.dto.ts`, dto(names)],
    [`${folder}/${plural}.errors.ts`, errors(names)],
    [`${folder}/${plural}.cache.ts`, cache(names)],
    [`${folder}/${plural}.repository.ts`, repository(names)],
    [`${folder}/${plural}.service.ts`, service(names)],
    [`${folder}/${plural}.controller.ts`, controller(names)],
    [`${folder}/${plural}.module.ts`, module(names)],
    [`test/e2e/${plural}/${plural}.e2e-spec.ts`, e2eSpec(names)],
  ]);
}

/** Returns the number of the next migration. */
export function nextMigration(files) {
  const numbers = files.map((path) => /^apps\/api\/src\/database\/migrations\/(\d+)-/.exec(path)?.[1]);
  return String(Math.max(0, ...numbers.filter(Boolean).map(Number)) + 1).padStart(4, '0');
}

/** Rejects a name that is taken as a folder, a route, a table, an error code or an import of the templates. */
function refuseTaken(names, files, read) {
  const { plural, singular, One, table } = names;
  if (files.some((path) => path.startsWith(`${src}/${plural}/`))) {
    throw new NameRefused(`${src}/${plural} exists already. Choose another name, or remove it.`);
  }
  const { paths } = JSON.parse(read('docs/reference/openapi.json'));
  const served = Object.keys(paths).find((path) => path === `/${plural}` || path.startsWith(`/${plural}/`));
  if (served) throw new NameRefused(`The API serves ${served} already. Choose another name.`);
  if (read(`${src}/database/schema.ts`).includes(`\n  ${table}: `)) {
    throw new NameRefused(`The table ${table} exists already. Choose another name.`);
  }
  if (read(`${src}/http/problems/problem-types.ts`).includes(`'${singular}-not-found'`)) {
    throw new NameRefused(`The problem "${singular}-not-found" exists already. Choose another --singular.`);
  }
  if (importedNames().has(One)) {
    throw new NameRefused(`Every module imports another ${One}. Choose another --singular.`);
  }
}

/** Returns the capitalised words of the templates, filled with an unused name. */
function importedNames() {
  const names = ['plural', 'singular', 'many', 'one', 'Many', 'One', 'table', 'words', 'word'];
  const filled = Object.fromEntries(names.map((name) => [name, 'qqqq']));
  const texts = filesOf({ ...filled, fields: fieldsOf(['name:string']) }, '0000').values();
  return new Set([...texts].join(' ').match(/\b[A-Z]\w*\b/g));
}
