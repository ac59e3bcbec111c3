import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { parse } from 'yaml';

const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'),
);

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs?: Readonly<Record<string, Job>>;
}

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly { readonly run?: string; readonly uses?: string }[];
}

/** Returns the faults of a workflow: those of GitHub's own parser, and how it fits this repository. */
export async function workflowFaults(name: string, content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  const faults = context.errors.getErrors().map(({ message }) => message);
  return faults.length > 0 ? faults : repositoryFaults(parse(content));
}

function repositoryFaults({ permissions, jobs = {} }: Workflow): string[] {
  return [
    // Without the key, a job gets what the settings of the repository allow.
    ...(permissions === undefined ? ['the workflow has no "permissions"'] : []),
    ...Object.entries(jobs).flatMap(([name, job]) => [
      ...(job['timeout-minutes'] === undefined ? [`the job ${name} has no "timeout-minutes"`] : []),
      ...(job.steps ?? []).flatMap(({ run = '' }) => unknownScripts(run)),
      ...(job.steps ?? []).flatMap(({ uses = 'none/none@0' }) =>
        /^[\w.-]+\/[\w./-]+@[\w.-]+$/.test(uses) ? [] : [`the action ${uses} has no owner or no version`],
      ),
    ]),
  ];
}

/** Returns a fault for each npm script of a shell command that package.json does not have. */
export function unknownScripts(shell: string): string[] {
  return [...shell.matchAll(/\bnpm run (?:--\S+ )*([\w:]+)/g)]
    .map(([, script = '']) => script)
    .filter((script) => !Object.hasOwn(scripts, script))
    .map((script) => `npm has no script ${script}`);
}
