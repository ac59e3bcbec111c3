import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { kubectlProgram } from '../../../scripts/deploy/provision-kubectl.mjs';
import type { Manifest } from './manifest.js';

const kustomize = join(import.meta.dirname, '../../../deploy/kustomize');

/** Returns what `kubectl kustomize` makes of a folder below deploy/kustomize. */
export function render(folder: string): Manifest[] {
  return parseManifests(renderText(join(kustomize, folder)));
}

/** Returns the output of `kubectl kustomize` for any folder. */
export function renderText(path: string): string {
  return execFileSync(kubectlProgram(), ['kustomize', path], { encoding: 'utf8' });
}

export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error) throw error;
    return document.toJS() as Manifest;
  });
}
