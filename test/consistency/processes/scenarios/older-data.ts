import { expect } from 'vitest';
import { eventually } from '../../../support/eventually.js';
import type { Command } from '../fleet/fleet.js';

/** Copies the data of another server, and remains a master. */
export async function copyFrom(port: number, command: Command): Promise<void> {
  await command('REPLICAOF', '127.0.0.1', String(port));
  await eventually(async () => expect(await command('INFO', 'replication')).toContain('master_link_status:up'), {
    within: 10_000,
  });
  await command('REPLICAOF', 'NO', 'ONE');
}
