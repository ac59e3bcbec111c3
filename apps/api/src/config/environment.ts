/** Environment variables, or the lines of a `.env` file. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Adds the lines of a `.env` file to the environment, which wins: also `NAME_FILE` over the `NAME` of the file, and vice versa. */
export function withFile(environment: Environment, file: Environment): Environment {
  const added = Object.entries(file).filter(([name]) => !environment[otherForm(name)]);
  return { ...Object.fromEntries(added), ...environment };
}

function otherForm(name: string): string {
  return name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : `${name}_FILE`;
}
