import { RedisConnection } from '@nuthatch/redis';

/** Long enough that no operation times out on a busy machine. The clients of the peers have no timeout either. */
const PATIENT_MS = 2_000;

export async function connectionTo(url: string): Promise<RedisConnection> {
  const connection = new RedisConnection({ topology: { mode: 'single', url }, operationTimeoutMs: PATIENT_MS });
  connection.open();
  await connection.firstAttempt;
  return connection;
}
