import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the page. Its name contains the hash of its content. */
export interface Asset {
  readonly name: string;
  readonly type: string;
  readonly body: Buffer;
}

/** The build writes the page beside the code, in the package and in the bundle of an application. */
const FOLDER = join(import.meta.dirname, 'page-assets');

const TYPES: readonly (readonly [extension: string, type: string])[] = [
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
];

/** Reads the script and the style of the page. @throws {Error} when the page was not built. */
export function readAssets(folder = FOLDER): readonly Asset[] {
  return TYPES.map(([extension, type]) => {
    const name = readdirSync(folder).find((file) => file.endsWith(extension));
    if (name === undefined) throw new Error(`${folder} has no ${extension} file. Build the page: npm run build.`);
    return { name, type, body: readFileSync(join(folder, name)) };
  });
}
