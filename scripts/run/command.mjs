/**
 * `node scripts/run/command.mjs <name>` is the npm script of that name: it answers --help, makes what the command needs, and becomes
 * its program. So a signal to npm reaches the program, and its exit code is the exit code of the command.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commands } from './commands.mjs';
import { helpOf } from './help/help-text.mjs';

const root = join(import.meta.dirname, '../..');
const [name, ...words] = process.argv.slice(2);
const { env = {}, needs = [], program, args = [] } = commands[name];

if (words.includes('--help') || words.includes('-h')) {
  console.log(helpOf(name));
} else {
  Object.assign(process.env, env);
  await import('./require-packages.mjs');
  if (needs.includes('redis')) await import('./provision-redis.mjs');
  if (needs.includes('curl')) await import('../docs/provision-curl.mjs');
  if (needs.includes('buildah')) await import('../deploy/provision-buildah.mjs');
  if (needs.includes('chromium')) await import('../browser/provision-chromium.mjs');
  if (needs.includes('varnish')) await import('../edge/provision-varnish.mjs');
  if (needs.includes('prometheus')) await import('../observability/provision-prometheus.mjs');
  if (needs.includes('build')) await (await import('./build-if-needed.mjs')).buildIfNeeded();
  const path = join(root, program);
  process.argv.splice(1, Infinity, path, ...args, ...words);
  await import(pathToFileURL(path).href);
}
