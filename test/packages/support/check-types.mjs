/**
 * `node check-types.mjs <folder>`: prints the type errors of an application and of the declarations of our libraries, which
 * `skipLibCheck` would hide. It runs the TypeScript of the application. The declarations of other packages are left out: some need
 * types that they do not bring.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const folder = process.argv[2] ?? '';
const ts = createRequire(join(folder, 'package.json'))('typescript');

// Without the types of test runners, which the sources do not need.
const strict = { skipLibCheck: false, types: ['node'], noEmit: true, incremental: false };
const { options, fileNames, errors } = ts.getParsedCommandLineOfConfigFile(
  join(folder, 'tsconfig.build.json'),
  strict,
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  },
);
const program = ts.createProgram(fileNames, options);
const checked = program
  .getSourceFiles()
  .filter(({ fileName, isDeclarationFile }) => !isDeclarationFile || fileName.includes('/node_modules/@nuthatch/'));
const found = [
  ...errors,
  ...program.getOptionsDiagnostics(),
  ...program.getGlobalDiagnostics(),
  ...checked.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
];
const host = { getCurrentDirectory: () => folder, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
process.stdout.write(ts.formatDiagnostics(found, host));
