import { join } from 'node:path';
import ts from 'typescript';
import { type Manifest, nameOf } from './manifest.js';

/** Returns what the API of Kubernetes would refuse: wrong and missing values, and keys that it does not have. */
export async function schemaFaults(manifests: readonly Manifest[]): Promise<string[]> {
  const invalid = await Promise.all(manifests.map(invalidValues));
  return [...invalid.flat(), ...unknownKeys(manifests)];
}

async function invalidValues(manifest: Manifest): Promise<string[]> {
  const { [manifest.kind]: Model } = await import(moduleOf(manifest));
  try {
    new Model(manifest).validate();
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [`${nameOf(manifest)}: ${error.message}`];
  }
}

function moduleOf({ apiVersion, kind }: Manifest): string {
  const custom = apiVersion.startsWith('monitoring.coreos.com/');
  return `${custom ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models'}/${apiVersion}/${kind}`;
}

/**
 * The validators of kubernetes-models accept any further key, so a misspelt optional key would pass. The compiler does not accept
 * it: each manifest becomes an object literal of its type.
 */
function unknownKeys(manifests: readonly Manifest[]): string[] {
  const lines = manifests.map(
    (manifest, index) =>
      `export const m${index}: import('${moduleOf(manifest)}').I${manifest.kind} = ${JSON.stringify(manifest)};`,
  );
  return compile(lines.join('\n')).flatMap(({ start, messageText, file }) => {
    const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0;
    const manifest = manifests[line];
    return manifest ? [`${nameOf(manifest)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`] : [];
  });
}

function compile(text: string): readonly ts.Diagnostic[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    types: [],
  };
  // No such file exists. Its folder decides where the compiler looks for packages.
  const name = join(import.meta.dirname, 'rendered-manifests.mts');
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === name || fileExists(path);
  host.getSourceFile = (path, language, ...rest) =>
    path === name ? ts.createSourceFile(path, text, language) : getSourceFile(path, language, ...rest);
  const program = ts.createProgram([name], options, host);
  return program.getSemanticDiagnostics(program.getSourceFile(name));
}
