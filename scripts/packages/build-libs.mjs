/** `npm run build:libs`: compiles each library from `src` to `dist`. */
import '../run/require-node.mjs';
import { realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { buildPage } from '../../libs/dashboard/build-page.mjs';
import { libraries } from './libraries.mjs';

/** Compiles all libraries with their declarations, and builds the page of the dashboard. @throws with the errors of the compiler. */
export async function buildLibs() {
  const host = cachingHost();
  for (const { name, folder } of libraries) {
    // The output of a source that was removed must not be published.
    rmSync(join(folder, 'dist'), { recursive: true, force: true });
    compile(join(folder, 'tsconfig.build.json'), host);
    if (name === 'dashboard') await buildPage(join(folder, 'dist/page/page-assets'));
  }
}

function compile(config, host) {
  const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(config, {}, host);
  const program = ts.createProgram(fileNames, options, host);
  const problems = [...errors, ...ts.getPreEmitDiagnostics(program)];
  if (problems.length > 0) throw new Error(ts.formatDiagnosticsWithColorAndContext(problems, host));
  program.emit(undefined, undefined, undefined, undefined, { after: [withoutComments] });
}

/** Removes the comments of the JavaScript. The declarations keep theirs, which editors show. */
function withoutComments() {
  return (file) => ts.setEmitFlags(file, ts.EmitFlags.NoComments | ts.EmitFlags.NoNestedComments);
}

/** Parses each file once for all libraries: most of the files are declarations of npm packages. */
function cachingHost() {
  const host = ts.createCompilerHost({});
  const files = new Map();
  return {
    ...host,
    getSourceFile: (name, options) => {
      if (!files.has(name)) files.set(name, host.getSourceFile(name, options));
      return files.get(name);
    },
    readDirectory: (...folder) => ts.sys.readDirectory(...folder),
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  };
}

if (realpathSync(process.argv[1] ?? '') === import.meta.filename) await buildLibs();
