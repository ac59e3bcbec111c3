const oldest = 24;

/** Returns why the application cannot run on this Node; `undefined` if it can. */
export function nodeProblem(version: string): string | undefined {
  const isOld = Number.parseInt(version.slice(1), 10) < oldest;
  return isOld ? `Nuthatch needs Node ${oldest} or newer, and this is ${version}.` : undefined;
}
