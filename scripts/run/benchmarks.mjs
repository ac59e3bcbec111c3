/** The npm scripts that measure, for the table of commands.mjs. */
export const benchmarks = {
  'bench:http': {
    about: 'Measures users served over HTTP by us and by other caches, and writes docs/performance.md.',
    options: [
      ['--quick', 'measures for seconds, and writes no page'],
      ['--only=<name>', 'measures one table or one contender; may be repeated'],
      ['--seconds=<n>', 'sets the length of each measurement'],
    ],
    example: 'npm run bench:http -- --quick --only=misses',
    needs: ['redis'],
    program: 'test/bench/http.mjs',
  },
  'bench:micro': {
    about: 'Measures the cache without HTTP, and writes docs/performance.md.',
    options: [
      ['--quick', 'measures for seconds, and writes no page'],
      ['--only=<table>', 'measures one table; may be repeated'],
      ['--cpu-prof', 'profiles; all other options go to Node'],
    ],
    example: 'npm run bench:micro -- --quick --only=miss',
    needs: ['redis'],
    program: 'test/bench/micro.mjs',
  },
  'bench:outbox': {
    about: 'Measures what the triggers of the outbox cost an update of one row, on a PostgreSQL of its own.',
    options: [['--quick', 'measures for seconds, and judges no bar']],
    example: 'npm run bench:outbox -- --quick',
    program: 'test/bench/outbox.mjs',
  },
  'bench:overhead': {
    about: 'Measures what metrics and the Consistency-Token cost a hit in memory, and writes docs/performance.md.',
    options: [
      ['--quick', 'measures for seconds, and writes no page'],
      ['--only=<name>', 'measures one feature; may be repeated'],
      ['--servers=<n>', 'sets the number of processes for each feature'],
    ],
    example: 'npm run bench:overhead -- --only=metrics',
    needs: ['redis'],
    program: 'test/bench/overhead.mjs',
  },
};
