import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

describe('the bundle of the application', () => {
  it.each(['main', 'migrate', 'seed', 'print-openapi'])(
    'has the private fields of the sources in %s',
    async (program) => {
      const text = await readFile(join(import.meta.dirname, `../../../dist/apps/api/${program}.js`), 'utf8');
      expect(text).toMatch(/this\.#\w+/);
      // The helpers of an older target, which keep each private field in a WeakMap.
      expect(text).not.toMatch(/class_private_|_define_property/);
    },
  );
});
