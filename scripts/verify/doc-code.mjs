import { realpathSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { docBlocks } from './doc-blocks.mjs';
import { sourceFiles } from '../source-files.mjs';

/** The pages from which readers copy code. */
const pages = /^(docs\/.+|README|libs\/[^/]+\/README)\.md$/;

/** The files that the blocks of every page may import, such as './users.js'. */
const context = join(import.meta.dirname, 'doc-imports');

/** Checks that every `ts` block of our pages compiles with the compiler options of the repository. */
async function checkDocCode(root) {
  const found = (await sourceFiles(root, /\.md$/)).filter((page) => pages.test(page));
  const texts = await Promise.all(found.map(async (page) => [page, await readFile(join(root, page), 'utf8')]));
  return codeFaults(root, new Map(texts));
}

/** Checks pages given as texts. It writes their blocks below node_modules, where imports resolve as in our sources. */
export async function codeFaults(root, texts) {
  const parent = join(root, 'node_modules/.cache/nuthatch');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'doc-code-'));
  try {
    const blocks = [...texts].flatMap(([page, text]) => docBlocks(text).map((block) => ({ ...block, page })));
    const byPath = Map.groupBy(blocks, ({ page, name }) => join(folder, page, name));
    await Promise.all([...texts.keys()].map((page) => cp(context, join(folder, page), { recursive: true })));
    await Promise.all([...byPath].map(([path, [{ lines }]]) => write(path, lines.map(({ text }) => text).join('\n'))));
    // Below node_modules, the package.json of the repository has no effect.
    await write(join(folder, 'package.json'), '{ "type": "module" }');
    return [...nameFaults(byPath), ...typeFaults(root, folder, byPath)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function write(path, text) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function nameFaults(byPath) {
  return [...byPath.values()].flatMap(([first, ...others]) =>
    others.map(
      ({ page, line, name }) => `${page}:${line} line ${first.line} is ${name} too; write '// ${name}, after'`,
    ),
  );
}

function typeFaults(root, folder, byPath) {
  const tsconfig = join(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(tsconfig, (path) => ts.sys.readFile(path));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root, tsconfig);
  // A block is a part of a program: other parts use what it declares.
  const ofParts = { noUnusedLocals: false, noUnusedParameters: false };
  const program = ts.createProgram([...byPath.keys()], { ...options, ...ofParts, pathsBasePath: root });
  const said = ({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n').replaceAll(relative(root, folder), '…');
  const inBlocks = [...byPath].flatMap(([path, [{ page, lines }]]) => {
    const source = program.getSourceFile(path);
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return diagnostics.map((diagnostic) => {
      const { line } = source.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
      return `${page}:${(lines[line] ?? lines.at(-1)).number} ${said(diagnostic)}`;
    });
  });
  const inOptions = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()].map(said);
  // The compiler reports a syntax error twice.
  return [...new Set([...inOptions, ...inBlocks])];
}

// Not `import.meta.main`: it is undefined before Node 24.2, which would then check nothing.
if (realpathSync(process.argv[1]) === import.meta.filename) {
  const faults = await checkDocCode(join(import.meta.dirname, '../..'));
  if (faults.length > 0) console.log(faults.join('\n'));
  process.exitCode = faults.length === 0 ? 0 : 1;
}
