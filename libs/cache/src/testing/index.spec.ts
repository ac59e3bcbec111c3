import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Returns everything that a file imports, directly or not: names of packages and addresses of files. */
function importedBy(file: URL, known = new Set<string>()): Set<string> {
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export|\}) [^']*'([^']+)';$/gm)) {
    const source = name.startsWith('.') ? new URL(name.replace(/\.js$/, '.ts'), file) : undefined;
    const imported = source?.href ?? name;
    if (known.has(imported)) continue;
    known.add(imported);
    if (source) importedBy(source, known);
  }
  return known;
}

it('@nuthatch/cache/testing imports no test runner, and its Vitest entry imports Vitest', () => {
  expect(importedBy(new URL('index.ts', import.meta.url))).not.toContain('vitest');
  expect(importedBy(new URL('vitest.ts', import.meta.url))).toContain('vitest');
});
