import type { Engine } from '../engine.js';
import { checkAnswers } from '../check-answers.js';
import { migrate, missingMigrations } from '../migrations/migrate.js';
import { Connections } from './connections.js';

/** The time limit for a connection. The limits of statements below add a second for the network. */
const connectMs = 2_000;
/** Short enough that a statement which starts at the last moment still ends within the life of an intent. */
const statementMs = 4_000;
/** The time limit of a probe, for its connection and for its answer. */
const pingMs = 1_000;
/** Limits the new connections to a server that keeps refusing. */
const renewEveryMs = 10_000;

/** Returns an engine that connects with its first statement, because PostgreSQL may be down while the process starts. */
export function openPostgres(url: string): Engine {
  const requests = new Connections(url, {
    connections: 10,
    connectMs,
    statementMs,
    answerMs: statementMs + 1_000,
    lifeSeconds: 600,
  });
  // A connection for the probe, because an exhausted pool does not mean that the database is down. Its short life shows within
  // seconds that the server refuses new connections.
  const probe = new Connections(url, {
    connections: 1,
    connectMs: pingMs,
    statementMs: pingMs,
    answerMs: pingMs,
    lifeSeconds: 10,
  });
  const patient = { connections: 1, connectMs, statementMs: 0, answerMs: 0, lifeSeconds: 0 };
  let renewedAt = -Infinity;
  let readOnly = false;
  return {
    name: 'PostgreSQL',
    run: (statements) => requests.run(statements),
    transaction: (statements) => requests.db.transaction().execute(statements),
    ping: async () => {
      const wasReadOnly = readOnly;
      ({ readOnly } = await probe.run(checkAnswers));
      // Connections keep the mode that they began with.
      if (readOnly) probe.renew();
      else if (wasReadOnly) requests.renew();
      return { readOnly };
    },
    connections: () => requests.counts,
    renewConnections: () => {
      if (performance.now() - renewedAt < renewEveryMs) return;
      renewedAt = performance.now();
      requests.renew();
      probe.renew();
    },
    missingMigrations: () => requests.run(missingMigrations),
    migrate: async () => {
      if ((await requests.run(missingMigrations)).length === 0) return [];
      const connections = new Connections(url, patient);
      try {
        return await migrate(connections.db);
      } finally {
        await connections.close();
      }
    },
    close: async () => void (await Promise.all([requests.close(), probe.close()])),
  };
}
