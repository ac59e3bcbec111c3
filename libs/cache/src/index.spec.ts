import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Returns every package name and file address that a file imports, directly or through others. */
function importedBy(path: string): Set<string> {
  const known = new Set<string>();
  const visit = (file: URL): void => {
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export|\}) [^']*'([^']+)';$/gm)) {
      const source = name.startsWith('.') ? new URL(name.replace(/\.js$/, '.ts'), file) : undefined;
      const imported = source?.href ?? name;
      if (known.has(imported)) continue;
      known.add(imported);
      if (source) visit(source);
    }
  };
  visit(new URL(path, import.meta.url));
  return known;
}

const optionalPeers = ['@keyv/redis', '@nestjs/cache-manager', 'cache-manager', 'keyv', 'msgpackr', 'vitest'];

it.each([
  ['index.ts', []],
  ['manager/index.ts', ['@nestjs/cache-manager', 'keyv']],
  ['msgpack/index.ts', ['msgpackr']],
  ['testing/index.ts', []],
  ['testing/vitest.ts', ['vitest']],
])('the entry %s of @nuthatch/cache imports no optional peers but %j', (entry, expected) => {
  const imported = importedBy(entry);
  expect(optionalPeers.filter((name) => imported.has(name))).toEqual(expected);
});
