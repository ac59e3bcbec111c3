import { describe, expect, it } from 'vitest';
import { databaseAdvice } from './database-advice.js';

const connections = { used: 1, idle: 2, waiting: 0, most: 10, pooled: false };

describe(databaseAdvice, () => {
  it('names the pooler in front of PostgreSQL, and the connections that a direct one needs', () => {
    expect(databaseAdvice({ connections: { ...connections, pooled: true } })).toEqual([
      {
        level: 'note',
        about: 'PostgreSQL',
        finding: expect.stringContaining('A pooler such as PgBouncer is in front of PostgreSQL'),
        fix: expect.stringContaining('if PostgreSQL accepts 11 connections of each instance'),
      },
    ]);
  });

  it('has no advice for a direct connection, and none for the embedded database', () => {
    expect(databaseAdvice({ connections })).toEqual([]);
    expect(databaseAdvice({ connections: undefined })).toEqual([]);
  });
});
