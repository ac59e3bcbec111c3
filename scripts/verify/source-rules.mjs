import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sourceFiles } from '../source-files.mjs';

/** Rules about what may stand where that neither the linter nor the import rules can say. */
const rules = [
  {
    in: /^(apps|libs)\/[^/]+\/src\//,
    but: /^apps\/[^/]+\/src\/app\.config\.ts$/,
    pattern: /\bprocess\.env\b/,
    fault: 'reads process.env: settings are read, checked and documented in app.config.ts only',
  },
  {
    in: /^libs\/cache\/src\//,
    but: /^libs\/cache\/src\/(core\/clock\.ts|testing\/)|[.-]spec\.ts$/,
    pattern: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bMath\.random\b|\bset(Timeout|Interval)\b|node:timers/,
    fault: 'has a time or a chance of its own: take it from core/clock.ts, so that tests can hold it',
  },
  {
    in: /^(apps|libs)\/[^/]+\/src\/.*\.spec\.ts$/,
    pattern: /(?<!['"])\bset(Timeout|Interval)\(|node:timers/,
    fault: 'waits: a unit test never sleeps, its clock is moved by hand',
  },
  {
    in: /[.-]spec\.m?ts$/,
    pattern:
      /\b(describe|it|test|suite|bench|ctx|context|task)(\.\w+)*\.(only|skip|skipIf|runIf|todo|fails)\b|[{,]\s*skip\s*[,}]/,
    fault: 'may leave a test out: what cannot run is red, not skipped',
  },
];

/** What vitest.config.ts and that of test/consistency/processes pick up; a test by any other name would never run, and nobody would notice. */
const picked =
  /^(apps|libs)\/[^/]+\/(src|test)\/(.+\/)?[^/]+\.spec\.ts$|^scripts\/(.+\/)?[^/]+\.spec\.mjs$|^test\/(support|compare|bench|consistency\/processes)\/(.+\/)?[^/]+\.spec\.ts$|^test\/e2e\/(.+\/)?[^/]+\.e2e-spec\.ts$|^test\/consistency\/(model\/(.+\/)?[^/]+\.model|processes\/scenarios\/[^/]+\.consistency)-spec\.ts$/;

export async function checkSources(root) {
  const files = await sourceFiles(root, /\.[cm]?[jt]sx?$/);
  const ours = files.filter((file) => /^(apps|libs|test|scripts)\//.test(file));
  const faults = await Promise.all(
    ours.map(async (file) => sourceFaults(file, await readFile(join(root, file), 'utf8'))),
  );
  return faults.flat();
}

export function sourceFaults(file, text) {
  const stray =
    /[._-](spec|test)\.[cm]?[jt]sx?$/.test(file) && !picked.test(file)
      ? [`${file}: vitest.config.ts does not pick this test up`]
      : [];
  const applying = rules.filter((rule) => rule.in.test(file) && !rule.but?.test(file));
  return stray.concat(
    text.split('\n').flatMap((line, index) => {
      if (/^\s*(\/\/|\/?\*)/.test(line)) return [];
      return applying.filter(({ pattern }) => pattern.test(line)).map(({ fault }) => `${file}:${index + 1} ${fault}`);
    }),
  );
}
