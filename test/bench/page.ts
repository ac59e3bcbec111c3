/** The page with the figures of both benchmarks, relative to the root of the repository. */
export const PAGE = 'docs/performance.md';
