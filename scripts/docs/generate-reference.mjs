/** Writes docs/reference/{options,errors,scripts}.md from the sources. With --check it compares, and fails on a difference. */
import { globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import prettier from 'prettier';
import { codesOf, moduleOptions, optionsOf, scriptOf } from './reference.mjs';

const root = join(import.meta.dirname, '../..');
const source = (file) => readFileSync(join(root, file), 'utf8');
const table = (columns, rows) =>
  [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
const cell = (text) => text.replaceAll('|', '\\|');
const MADE = '<!-- Made by npm run generate:reference; do not edit. -->';

const OPTIONS = [
  ['Of one cache: `defineCache`', 'libs/cache/src/core/policy/define-cache.ts', 'CachePolicy'],
  ['Of all caches: `CacheModule.forRoot`', 'libs/cache/src/cache.options.ts', 'CacheModuleOptions'],
  ['Of a cached route: `@CacheResponse`', 'libs/cache/src/http/route/cached-route.ts', 'CacheResponseOptions'],
  ['Of what clients may do: `cacheControl`', 'libs/cache/src/http/headers/cache-control.ts', 'ClientCaching'],
  ['Of a CDN: `EdgeModule.forRoot`', 'libs/cache/src/edge/edge.module.ts', 'EdgeOptions'],
  ['Of a read: `readThrough`, `readThroughMany`', 'libs/cache/src/core/operation-options.ts', 'ReadOptions'],
  ['Of a write or an invalidation', 'libs/cache/src/core/operation-options.ts', 'WriteOptions'],
  ['Of `set`', 'libs/cache/src/core/operation-options.ts', 'SetOptions'],
  [
    'Of a write of several entries: `CacheRegistry.write`',
    'libs/cache/src/core/cache-registry.ts',
    'TransactionOptions',
  ],
  ['Of the wait for Redis: `CacheRegistry.ready`', 'libs/cache/src/core/cache-registry.ts', 'ReadyOptions'],
  [
    'Of the connection: `redis` of `CacheModule.forRoot`, and `RedisModule.forRoot`',
    'libs/redis/src/redis-options.ts',
    'RedisOptions',
  ],
  ['Of the outbox: `OutboxModule.forRoot`', 'libs/cache/src/outbox/outbox.module.ts', 'OutboxOptions'],
  ['Of the probes: `HealthModule.forRoot`', 'libs/health/src/health-options.ts', 'HealthModuleOptions'],
  [
    'Of an indicator: `indicators` of `HealthModule.forRoot`',
    'libs/health/src/dependencies/indicator-options.ts',
    'IndicatorOptions',
  ],
  [
    'Of the log: `ObservabilityModule.forRoot`',
    'libs/observability/src/observability-options.ts',
    'ObservabilityOptions',
  ],
  ['Of the metrics: `MetricsModule.forRoot`', 'libs/observability/src/metrics/metrics-options.ts', 'MetricsOptions'],
  ['Of the admin API: `AdminModule.forRoot`', 'libs/admin/src/admin-options.ts', 'AdminOptions'],
  ['Of a token: `tokens` of `AdminModule.forRoot`', 'libs/admin/src/access/admin-token.ts', 'AdminToken'],
  ['Of the live page: `DashboardModule.forRoot`', 'libs/dashboard/src/dashboard-options.ts', 'DashboardOptions'],
];

const listed = new Set(OPTIONS.map(([, , name]) => name));
const unlisted = globSync('libs/*/src/**/*.module.ts', { cwd: root })
  .flatMap((file) => moduleOptions(source(file)))
  .filter((name) => !listed.has(name));
if (unlisted.length > 0) throw new Error(`Add to OPTIONS of generate-reference.mjs: ${unlisted.join(', ')}`);

const options = OPTIONS.map(([title, file, name]) => {
  const rows = optionsOf(source(file), name).map((option) => [
    `\`${option.name}\``,
    `\`${option.type}\``,
    option.fallback,
    option.meaning,
  ]);
  return `## ${title}\n\n${table(['option', 'type', 'default', 'what it does'], rows)}`;
});

const ERRORS = [
  ['`CacheError`', 'libs/cache/src/core/errors.ts', 'CacheErrorCode'],
  ['`RedisError`', 'libs/redis/src/redis-errors.ts', 'RedisErrorCode'],
];
const errors = ERRORS.map(([title, file, name]) => {
  const rows = codesOf(source(file), name).map(({ code, meaning }) => [`\`${code}\``, meaning]);
  return `## ${title}\n\n${table(['code', 'when'], rows)}`;
});

const folder = 'libs/cache/src/redis/scripts';
const scripts = readdirSync(join(root, folder))
  .filter((file) => file.endsWith('.lua'))
  .toSorted()
  .map((file) => {
    const { what, keys, args, returns } = scriptOf(source(join(folder, file)));
    return [`[${file}](../../${folder}/${file})`, what, keys, args, returns];
  });

const pages = {
  'options.md': `# Options

Every option, with its default. A time is a text with a unit, such as \`'30s'\`; a bare number is an error. All
options are checked at boot, and one error lists all problems.

${options.join('\n\n')}`,
  'errors.md': `# Errors

Every error of the libraries has a stable \`code\`: match on the code, not on the message or the class. An error
that your loader or write throws reaches the caller unchanged.

${errors.join('\n\n')}

## Of other libraries

| code | when |
| --- | --- |
| \`ADMIN_TOKENS_INVALID\` | \`parseAdminTokens\` of \`@nuthatch/admin\` got a text of another form. The message has no secret. |
| \`HEALTH_INDICATOR_NAME_TAKEN\` | An indicator of \`HealthModule\` has the name of a report of the module itself. Thrown at boot. |`,
  'scripts.md': `# Scripts

Each decision in Redis is one Lua script over one key, so that it is atomic, also in a cluster. The client calls
a script by its digest, and sends its text to a server that does not have the script yet.

${table(['script', 'what it does', 'keys', 'arguments', 'returns'], scripts)}`,
};

const config = await prettier.resolveConfig(join(root, 'docs/reference/options.md'));
mkdirSync(join(root, 'docs/reference'), { recursive: true });
for (const [name, text] of Object.entries(pages)) {
  const path = join(root, 'docs/reference', name);
  const page = await prettier.format(`${MADE}\n\n${text}\n`, { ...config, filepath: path });
  if (!process.argv.includes('--check')) writeFileSync(path, page);
  else if (source(join('docs/reference', name)) !== page) {
    process.stderr.write(`docs/reference/${name} does not match the sources. Run: npm run generate:reference\n`);
    process.exitCode = 1;
  }
}
