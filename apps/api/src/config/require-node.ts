import { nodeProblem } from './node-version.js';

/** Ends a program on an old Node with one sentence. Import it first: on an old Node the other modules fail while they load. */
const problem = nodeProblem(process.version);
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
