export { OutboxModule, type OutboxModuleAsyncOptions, type OutboxOptions } from './outbox.module.js';
export { outboxMigration, type OutboxMigration, type OutboxMigrationOptions } from './migration/migration.js';
export { type SqlClient } from './sql-client.js';
export { passWriteToken, writeToken } from './write-token.js';
