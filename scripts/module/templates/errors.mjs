export const errors = ({ One, singular, word }) => `
import { ProblemError } from '../http/problems/problem-error.js';

export class ${One}NotFound extends ProblemError {
  override readonly name = '${One}NotFound';

  constructor(readonly id: string) {
    super('${singular}-not-found', \`There is no ${word} with the id \${id}.\`);
  }
}
`;
