import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type EntryLoad, LoadContext } from '../../core/context/load-context.js';
import { onCacheEvent } from '../../core/observe/events.js';
import { type WriteEnd, writeEnds } from '../../core/observe/write-ends.js';
import { isKeyOf, type RowsChanged, type RowsRead, rowsChanged, shareOf, touches } from './changed-rows.js';
import { type Exports, lineFor, parseRecordKey } from './names.js';
import { readSql } from './read-sql.js';
import type { Executed, Statement, TableRead } from './statement.js';

export interface WatcherOptions {
  /** The exports of the files that define caches, whose names the messages use. */
  readonly caches?: Exports | undefined;
  /** The names of the caches whose entries expire and are not invalidated, such as statistics. @default none */
  readonly expiring?: readonly string[] | undefined;
  /** The column of the primary key, by the name of its table. @default `id` for each table */
  readonly primaryKeys?: Readonly<Record<string, string>> | undefined;
  /** Receives a warning, once per text of SQL that cannot be read. @default `process.emitWarning` */
  readonly warn?: ((message: string) => void) | undefined;
}

/** What the loader of an entry has read from the database. */
interface Loaded {
  readonly recordKey: string;
  readonly tags: readonly string[];
  readonly load: EntryLoad;
  readonly reads: RowsRead[];
}

interface Forgotten {
  readonly loaded: Loaded;
  readonly change: RowsChanged;
}

/**
 * Finds writes that change what a cached loader has read without naming the entry or one of its tags. Give it to the adapter of your
 * database client, and call {@link check} after each test.
 *
 * It sees the statements of its client in this process, and knows rows by primary keys and equalities. It sees neither triggers nor
 * cascades, and a view counts as a table of its own.
 */
export class InvalidationWatcher {
  /** What each cached entry was loaded from. */
  readonly #cached = new Map<string, Loaded>();
  readonly #loading = new Map<string, Loaded>();
  /** The rows of values that writes have stored. Entries that are loaded from such a value depend on them. */
  readonly #written = new Map<string, readonly RowsRead[]>();
  readonly #changes = new WeakMap<object, RowsChanged[]>();
  readonly #unreadable = new Set<string>();
  #forgotten: Forgotten[] = [];
  /** Changes outside of a write, which a later invalidation may still name. */
  #unnamed: Forgotten[] = [];
  readonly #stops: readonly (() => void)[];

  constructor(private readonly options: WatcherOptions = {}) {
    const onWriteEnd = (message: unknown): void => this.#wrote(message as WriteEnd); // only the core publishes on this channel
    subscribe(writeEnds.name, onWriteEnd);
    this.#stops = [
      () => void unsubscribe(writeEnds.name, onWriteEnd),
      onCacheEvent('store', ({ recordKey, notStored }) => this.#stored(recordKey, notStored === undefined)),
      onCacheEvent('read', ({ recordKey }) => this.#readWithin(recordKey)),
      onCacheEvent('invalidate', ({ kind, recordKeys, tags, names }) => {
        if (kind !== 'invalidation') return;
        if (names > recordKeys.length + tags.length) this.#forgetAll();
        else this.#named([...recordKeys, ...tags]);
      }),
    ];
  }

  /** Records a statement that the database has executed for the present code. The adapters call it. */
  executed(statement: Executed): void {
    const { reads, changes } = this.#read(statement);
    const context = LoadContext.current;
    for (const change of changes)
      this.#changed(rowsChanged(change, statement, this.#primaryKey(change.table)), context?.write);
    const loads = context?.loads ?? [];
    for (const load of loads) this.#loadedFrom(load, reads, statement.rows, loads.length > 1);
  }

  /** Throws if a write since the last call has forgotten an invalidation. @throws Error with the line to add for each. */
  check(): void {
    const faults = this.take();
    if (faults.length > 0) throw new Error(faults.join('\n\n'));
  }

  /** Returns a message for each invalidation that a write has forgotten since the last call. */
  take(): string[] {
    const faults = new Set([...this.#forgotten, ...this.#unnamed].map((forgotten) => this.#describe(forgotten)));
    this.#forgotten = [];
    this.#unnamed = [];
    return [...faults];
  }

  /** Stops watching. */
  close(): void {
    for (const stop of this.#stops) stop();
    this.#forgetAll();
  }

  #read({ sql, parameters }: Executed): Statement {
    try {
      return readSql(sql, parameters);
    } catch (error) {
      const warn = this.options.warn ?? ((message: string) => process.emitWarning(message));
      if (!this.#unreadable.has(sql))
        warn(`The watcher of invalidations cannot read this SQL, and ignores it: ${sql}\n${String(error)}`);
      this.#unreadable.add(sql);
      return { reads: [], changes: [] };
    }
  }

  #primaryKey(table: string): string {
    return this.options.primaryKeys?.[table] ?? 'id';
  }

  #loadedFrom(load: EntryLoad, reads: readonly TableRead[], rows: readonly object[], inBatch: boolean): void {
    const known = this.#loading.get(load.recordKey);
    const { recordKey, tags } = load;
    const loaded = known?.load === load ? known : { recordKey, tags, load, reads: [] };
    this.#loading.set(recordKey, loaded);
    for (const read of reads) {
      const key = this.#primaryKey(read.table);
      // With several tables, a column of the result may belong to any of them.
      const keys =
        reads.length === 1
          ? rows.flatMap((row) => Object.entries(row).flatMap(([name, value]) => (name === key ? [value] : [])))
          : [];
      const all = { ...read, keys };
      const own = inBatch ? shareOf(all, recordKey) : all;
      if (own) loaded.reads.push(own);
    }
  }

  #stored(recordKey: string, stored: boolean): void {
    if (!stored) return;
    const loaded = this.#loading.get(recordKey);
    this.#loading.delete(recordKey);
    this.#written.delete(recordKey);
    if (loaded) this.#cached.set(recordKey, loaded);
    else this.#cached.delete(recordKey);
  }

  /** An entry that a loader reads from the cache is part of what the loader has read. */
  #readWithin(recordKey: string): void {
    const inner = (this.#loading.get(recordKey) ?? this.#cached.get(recordKey))?.reads ?? this.#written.get(recordKey);
    if (!inner) return;
    for (const load of LoadContext.current?.loads ?? []) {
      if (load.recordKey === recordKey) continue;
      this.#loadedFrom(load, [], [], false);
      this.#loading.get(load.recordKey)?.reads.push(...inner);
    }
  }

  #changed(change: RowsChanged, write: object | undefined): void {
    if (write) this.#changes.set(write, [...(this.#changes.get(write) ?? []), change]);
    else this.#unnamed.push(...this.#touched(change));
  }

  #wrote({ write, recordKeys, tags, returned }: WriteEnd): void {
    const changes = this.#changes.get(write) ?? [];
    const names = new Set([...recordKeys, ...tags]);
    if (returned)
      for (const change of changes)
        this.#forgotten.push(...this.#touched(change).filter(({ loaded }) => !isNamed(loaded, names)));
    this.#named([...names]);
    if (returned) for (const recordKey of recordKeys) this.#writtenValue(recordKey, changes);
  }

  /** A write may have stored the row that has the key of the entry. */
  #writtenValue(recordKey: string, changes: readonly RowsChanged[]): void {
    const rows = changes.flatMap(({ table, key, rows: changed = [] }) =>
      changed.flatMap((row) =>
        isKeyOf(recordKey, row[key])
          ? [{ table, conditions: [{ column: key, values: [row[key]] }], keys: [row[key]] }]
          : [],
      ),
    );
    if (rows.length > 0) this.#written.set(recordKey, rows);
  }

  #touched(change: RowsChanged): Forgotten[] {
    return [...this.#cached.values()]
      .filter(({ recordKey }) => !this.options.expiring?.includes(parseRecordKey(recordKey).cache))
      .filter(({ reads }) => reads.some((read) => touches(change, read)))
      .map((loaded) => ({ loaded, change }));
  }

  /** These records and tags were invalidated. */
  #named(names: readonly string[]): void {
    const named = new Set(names);
    for (const name of names) this.#written.delete(name);
    for (const loaded of this.#cached.values()) if (isNamed(loaded, named)) this.#cached.delete(loaded.recordKey);
    this.#unnamed = this.#unnamed.filter(({ loaded }) => !isNamed(loaded, named));
  }

  #forgetAll(): void {
    this.#cached.clear();
    this.#loading.clear();
    this.#written.clear();
    this.#unnamed = [];
  }

  #describe({ loaded: { recordKey, tags }, change: { table, key, rows } }: Forgotten): string {
    const { cache, key: entry = '…' } = parseRecordKey(recordKey);
    const keys = rows?.flatMap((row) => (key in row ? [String(row[key])] : [])) ?? [];
    const which = keys.length > 0 ? ` (${key} ${keys.join(', ')})` : '';
    const line = lineFor(recordKey, tags, this.options.caches ?? {});
    return `A write of the table "${table}"${which} changed what the cached entry ${entry} of "${cache}" was loaded from, and did not invalidate it. Add to the body of the write, before it commits:\n  ${line}`;
  }
}

function isNamed({ recordKey, tags }: Loaded, names: ReadonlySet<string>): boolean {
  return names.has(recordKey) || tags.some((tag) => names.has(tag));
}
