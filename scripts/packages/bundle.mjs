import { join, relative } from 'node:path';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { documentedDeclarations, withoutComments } from './published-files.mjs';

/**
 * Bundles the compiled entries of a library into a folder, with the code that they share beside them. Names stay as they are, for the
 * traces of errors. A file for each source would make a package a fifth larger.
 */
export async function bundle({ folder, manifest }, target) {
  const compiled = join(folder, 'dist');
  const programs = programsOf(manifest);
  await write({ input: namedInputs(programs, compiled), platform: 'node' }, target, '[name].js');
  const declarations = programs.filter(({ types }) => types).map(({ types }) => ({ file: types }));
  const plugins = [internalsWithoutComments(folder, manifest), dts({ dtsInput: true })];
  await write({ input: namedInputs(declarations, compiled), plugins }, target, '[name].ts');
}

/** The entries of `exports` and the commands of `bin`. */
function programsOf({ exports, bin = {} }) {
  const entries = Object.values(exports).filter((entry) => entry.default);
  return [
    ...entries.map((entry) => ({ file: entry.default, types: entry.types })),
    ...Object.values(bin).map((file) => ({ file })),
  ];
}

function namedInputs(programs, compiled) {
  return Object.fromEntries(
    programs.map(({ file }) => {
      const path = relative('dist', file);
      return [path.replace(/\.[jt]s$/, ''), join(compiled, path)];
    }),
  );
}

async function write(input, target, names) {
  const bundled = await rolldown({ ...input, external: /^[^./]/, logLevel: 'warn' });
  await bundled.write({ dir: target, entryFileNames: names, chunkFileNames: names });
  await bundled.close();
}

/** Leaves out the doc comments that no editor shows. */
function internalsWithoutComments(folder, manifest) {
  const documented = documentedDeclarations(folder, manifest);
  return {
    name: 'internals-without-comments',
    load: (file) => (documented.has(relative(folder, file)) ? null : withoutComments(file)),
  };
}
