const projects = ['unit', 'behaviour', 'property', 'model', 'e2e', 'timed', 'alone'];

/** The projects whose tests start the built application. */
const ofTheApplication = ['e2e', 'timed', 'alone'];

/** Returns Vitest's arguments: `npm test -- unit` selects the project of that name, any other word filters paths. */
export function vitestArguments(words) {
  return words.map((word, index) =>
    projects.includes(word) && words[index - 1] !== '--project' ? `--project=${word}` : word,
  );
}

/** Whether a run with these arguments may start the built application. */
export function needsBuild(args) {
  const selected = args.flatMap((arg, index) => {
    if (arg === '--project') return args.slice(index + 1, index + 2);
    return arg.startsWith('--project=') ? [arg.slice('--project='.length)] : [];
  });
  // A pattern such as `!unit` may select any project.
  const unknown = selected.some((name) => !projects.includes(name));
  return selected.length === 0 || unknown || selected.some((name) => ofTheApplication.includes(name));
}
