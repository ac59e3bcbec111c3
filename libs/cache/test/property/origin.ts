import { Refused } from '../../src/testing/fleet.js';
import { type History, type Row } from './history.js';

/** Simulates the database. Each access takes one turn for the request, and one for the reply. */
export class Origin {
  constructor(
    private readonly history: History,
    private readonly turn: (label: string) => Promise<void>,
  ) {}

  async select(row: Row): Promise<number> {
    await this.turn(`select ${row}`);
    const version = this.history.newest(row);
    await this.turn(`selected ${row}`);
    return version;
  }

  async selectMany(rows: readonly Row[]): Promise<ReadonlyMap<Row, number>> {
    await this.turn('select many');
    const versions = new Map(rows.map((row) => [row, this.history.newest(row)]));
    await this.turn('selected many');
    return versions;
  }

  async commit(row: Row): Promise<number> {
    await this.turn(`commit ${row}`);
    const version = this.history.commit(row);
    await this.turn(`committed ${row}`);
    return version;
  }

  async refuse(): Promise<number> {
    await this.turn('rollback');
    throw new Refused();
  }

  async fail(): Promise<number> {
    await this.turn('origin fails');
    throw new OriginDown();
  }
}

export class OriginDown extends Error {}
