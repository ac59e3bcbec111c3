import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unknownScripts, workflowFaults } from './workflow-faults.js';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, '.github/workflows');
const workflow = (name: string) => readFileSync(join(folder, name), 'utf8');

describe('.github/workflows', () => {
  it.each(readdirSync(folder))('%s is accepted by the parser of GitHub, and fits the repository', async (name) => {
    expect(await workflowFaults(name, workflow(name))).toEqual([]);
  });

  it.each([
    ['runs-on: ubuntu', 'run-on: ubuntu', "Unexpected value 'run-on'"],
    ['needs: verify', 'needs: verfy', 'verfy'],
    ['github.token', 'github.token)', "Unexpected symbol: ')'"],
    ['id-token: write', 'id-token: rite', "Unexpected value 'rite'"],
    ['timeout-minutes: 15', 'timeout-minutes: soon', "'soon'"],
    ['uses: actions/checkout@v5', 'uses: actions/checkout', 'the action actions/checkout has no owner or no version'],
    ['    timeout-minutes: 15\n', '', 'the job publish has no "timeout-minutes"'],
    ['permissions:\n  contents: read\n', '', 'the workflow has no "permissions"'],
    ['npm run pack', 'npm run package', 'npm has no script package'],
    ['npm run --silent release:notes', 'npm run --silent notes', 'npm has no script notes'],
  ])('refuses a release with %j edited to %j', async (from, to, fault) => {
    const text = workflow('release.yml');
    expect(text).toContain(from);
    expect(await workflowFaults('release.yml', text.replace(from, to))).toContainEqual(expect.stringContaining(fault));
  });

  it('calls .ci/run, whose steps are npm scripts', () => {
    const steps = readFileSync(join(root, '.ci/run'), 'utf8').replaceAll(/^step /gm, 'npm run ');
    expect(steps).toContain('npm run verify');
    expect(unknownScripts(steps)).toEqual([]);
    expect(workflow('ci.yml')).toContain('- run: .ci/run\n');
  });
});
