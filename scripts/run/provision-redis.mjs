/**
 * Unpacks redis-server for the tests when the machine has none, and with REDIS_SERVER=valkey also valkey-server 8. Where it cannot,
 * the message of test/support/programs/redis-program.ts lists what to do.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anyUser, isInstalled, run, unpackDebian } from '../process/unpack-debian.mjs';

const { REDIS_SERVER, REDIS_SERVER_BIN } = process.env;

if (!REDIS_SERVER_BIN && !isInstalled('redis-server', 'valkey-server')) await unpackDebian('redis', ['redis-server']);
if (REDIS_SERVER === 'valkey' && !isInstalled('valkey-server'))
  await unpackDebian('valkey', ['valkey-server', 'valkey-tools'], downloadFromBackports);

/** Debian 12 has Valkey in its backports. The package lists go into a folder of their own. */
async function downloadFromBackports(packages, folder) {
  const lists = join(folder, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  const sources = join(folder, 'sources.list');
  const known = await run('apt-get', 'indextargets', '--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages');
  const [repository] = /\S+(?= bookworm$)/m.exec(known) ?? [];
  if (!repository) throw new Error('Valkey is unpacked on Debian 12 only. Put valkey-server on the PATH.');
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const suites = ['bookworm', 'bookworm-backports'];
  writeFileSync(sources, suites.map((suite) => `deb [signed-by=${keyring}] ${repository} ${suite} main\n`).join(''));
  const places = { 'Etc::SourceList': sources, 'Etc::SourceParts': '-', 'State::Lists': lists, Cache: folder };
  const options = [
    ...anyUser(folder),
    ...Object.entries(places).flatMap(([name, path]) => ['-o', `Dir::${name}=${path}`]),
  ];
  await run('apt-get', ...options, 'update');
  const download = ['install', '--download-only', '--no-install-recommends', '--yes', '-t', 'bookworm-backports'];
  await run('apt-get', ...options, ...download, ...packages);
}
