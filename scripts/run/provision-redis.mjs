/**
 * Unpacks redis-server below node_modules/.cache for the tests when the machine has none, and with REDIS_SERVER=valkey also
 * valkey-server 8. It works on Debian and Ubuntu, needs no root, installs nothing and starts no service. Elsewhere the message of
 * test/support/programs/redis-program.ts lists what to do.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { anyUser, cache, run, unpack } from './unpack-packages.mjs';

const onPath = (...names) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => names.some((name) => existsSync(join(folder, name))));
const missing = (name) => !existsSync(join(cache, name)) && onPath('apt-get') && onPath('dpkg');

if (!process.env.REDIS_SERVER_BIN && !onPath('redis-server', 'valkey-server') && missing('redis')) {
  console.log('No redis-server on the PATH: unpacking one for the tests …');
  unpack('redis', downloadRedis);
}
if (process.env.REDIS_SERVER === 'valkey' && !onPath('valkey-server') && missing('valkey')) {
  console.log('No valkey-server on the PATH: unpacking one for the tests …');
  unpack('valkey', downloadValkey);
}

/** `--download-only` also fetches the libraries that this machine lacks. */
function downloadRedis(folder) {
  const fetch = () =>
    run('apt-get', [
      'install',
      '--download-only',
      '--no-install-recommends',
      '--yes',
      ...anyUser(folder),
      'redis-server',
    ]);
  try {
    fetch();
  } catch (failure) {
    // A fresh image has no package lists or outdated ones.
    if (process.getuid?.() !== 0) throw failure;
    run('apt-get', ['update']);
    fetch();
  }
}

/** Debian 12 has Valkey in its backports. Its libraries are those of Redis. The package lists go into a folder of their own. */
function downloadValkey(folder) {
  const lists = join(folder, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  const sources = join(folder, 'sources.list');
  const known = run('apt-get', ['indextargets', '--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages']);
  const [repository] = /\S+(?= bookworm$)/m.exec(known) ?? [];
  if (!repository) throw new Error('Valkey is unpacked on Debian 12 only. Put valkey-server on the PATH.');
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(sources, `deb [signed-by=${keyring}] ${repository} bookworm-backports main\n`);
  const places = { 'Etc::SourceList': sources, 'Etc::SourceParts': '-', 'State::Lists': lists, Cache: folder };
  const options = [
    ...anyUser(folder),
    ...Object.entries(places).flatMap(([name, path]) => ['-o', `Dir::${name}=${path}`]),
  ];
  run('apt-get', [...options, 'update']);
  run('apt-get', [...options, 'download', 'valkey-server', 'valkey-tools'], { cwd: folder });
}
