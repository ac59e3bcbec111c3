import type { CacheRuntime } from '../../core/cache-runtime.js';
import type { InvalidationBatch } from '../../core/coherence/pending-invalidations.js';
import { ConcurrencyLimit } from '../../core/concurrency/concurrency-limit.js';
import type { ChangeNames } from './change-names.js';
import type { Change } from './outbox-table.js';

/** As many names as pending invalidations may have. More of them invalidate all entries instead. */
const MOST_NAMES = 10_000;
/** Longer than the intent of a writer lasts. Then it ends by itself. */
const INTENT_MS = 10_000;

/**
 * How long a writer usually takes at most from its commit to its report, in milliseconds. A relay that did not wait would remove the
 * value that the writer is about to store.
 */
const WRITER_MS = 25;

/** How long the store knows which changes were applied, in milliseconds. */
const REPORTED_MS = 60_000;
const NONE: ReadonlySet<string> = new Set<string>();

type Services = Pick<CacheRuntime, 'store' | 'coherence' | 'outbox' | 'clock'>;

/** One name to invalidate in the store, and the token of the write whose intent it may still have. */
interface Step {
  readonly recordKey: string;
  readonly token: string | undefined;
}

/** The names of a change that are invalidated already, and the token of its write while its intents may last. */
interface Coverage {
  readonly done: ReadonlySet<string>;
  readonly token: string | undefined;
}

/**
 * Applies the changes of one poll: to the local copies always, and to the store unless their writer or another relay has.
 *
 * All keys come before all tags. Otherwise a list could be loaded under the new version of a tag from an item of a later page. A name is
 * invalidated once per pass, because what is loaded after that is newer than all changes of the pass.
 */
export class RelayPass {
  readonly #limit = new ConcurrencyLimit();
  readonly #names = new Set<string>();
  readonly #steps = new Set<string>();
  readonly #tagSteps: Step[] = [];
  /** The names of the changes of the first page, which this pass invalidates. */
  #applied: Map<string, readonly string[]> | undefined;
  #storeFailed = false;
  #hasWaited = false;

  constructor(
    private readonly services: Services,
    private readonly names: ChangeNames,
    /** Whether the store is available. Without it, the pass drops local copies only. */
    private readonly withStore: boolean,
  ) {}

  /** Whether the changes name more than is invalidated one by one. */
  get hasTooMany(): boolean {
    return this.#names.size > MOST_NAMES;
  }

  /** Invalidates the keys of these changes, and collects their tags. */
  async addPage(changes: readonly Change[]): Promise<void> {
    await this.#inStore(() => this.#waitForWriters(changes));
    const named = changes
      .map((change) => this.#named(change))
      .filter(({ recordKeys, tags }) => recordKeys.length + tags.length > 0);
    if (named.length === 0 || this.hasTooMany) return;
    await this.#inStore(async () => {
      const covered = await this.#covered(named.map(({ change }) => change));
      const applied = new Map<string, readonly string[]>();
      const steps: Step[] = [];
      named.forEach(({ change, recordKeys, tags }, place) => {
        const done = covered[place] ?? NONE;
        const token = change.age_ms < INTENT_MS ? (change.token ?? undefined) : undefined;
        this.#addSteps(steps, recordKeys, { done, token });
        this.#addSteps(this.#tagSteps, tags, { done, token });
        const names = [...recordKeys, ...tags];
        if (change.age_ms < REPORTED_MS && names.some((name) => !done.has(name))) applied.set(nameOf(change), names);
      });
      // A change of a later page may have been committed after one of its names was invalidated, so it is not reported.
      this.#applied ??= applied;
      await this.#invalidate(steps);
    });
  }

  /** Invalidates the tags, reports the changes as applied, and drops local copies. Returns whether the store has every change. */
  async end(): Promise<boolean> {
    await this.#inStore(async () => {
      await this.#invalidate(this.#tagSteps);
      if (this.#applied && this.#applied.size > 0) await this.services.outbox.progress.reportApplied(this.#applied);
    });
    // A message may have been lost, and a read that is in flight may be from before.
    for (const name of this.#names) this.services.coherence.forget(name);
    return this.withStore && !this.#storeFailed;
  }

  /** Returns, for each change, the names that its writer or another relay has invalidated. A replay asks for none: they expire. */
  async #covered(changes: readonly Change[]): Promise<readonly ReadonlySet<string>[]> {
    if (changes.every(({ age_ms }) => age_ms > REPORTED_MS)) return [];
    const names = await this.services.outbox.progress.appliedNames(changes.map(nameOf));
    return names.map((each) => (each.length === 0 ? NONE : new Set(each)));
  }

  /** Waits, once per pass, if the writer of a change may be about to store its value and to report it. */
  async #waitForWriters(changes: readonly Change[]): Promise<void> {
    if (this.#hasWaited) return;
    const { outbox, clock } = this.services;
    const recent = changes.filter(({ token, age_ms }) => token !== null && age_ms < INTENT_MS);
    if (recent.length === 0) return;
    const reported = await outbox.progress.appliedNames(recent.map(nameOf));
    if (!reported.some(({ length }) => length === 0)) return;
    this.#hasWaited = true;
    await clock.sleep(WRITER_MS);
  }

  /** Runs a step if the store is available. After a failure, the next poll begins with the same changes. */
  async #inStore(step: () => Promise<void>): Promise<void> {
    if (!this.withStore || this.#storeFailed) return;
    try {
      await step();
    } catch {
      this.#storeFailed = true;
    }
  }

  /** Names the records of a change, without those that a write of this process has invalidated. */
  #named(change: Change): InvalidationBatch & { readonly change: Change } {
    const own = change.token === null ? [] : this.services.outbox.ownWrites.names(change.token);
    const named = this.names.of(change);
    const recordKeys = named.recordKeys.filter((name) => !own.includes(name));
    const tags = named.tags.filter((name) => !own.includes(name));
    for (const names of [recordKeys, tags]) for (const name of names) this.#names.add(name);
    return { change, recordKeys, tags };
  }

  /** Adds a step for each name that is not done. A step is taken once per pass. */
  #addSteps(steps: Step[], names: readonly string[], { done, token }: Coverage): void {
    for (const recordKey of names) {
      const step = token === undefined ? recordKey : `${token} ${recordKey}`;
      if (done.has(recordKey) || this.#steps.has(step)) continue;
      this.#steps.add(step);
      steps.push({ recordKey, token });
    }
  }

  async #invalidate(steps: readonly Step[]): Promise<void> {
    const { store } = this.services;
    await Promise.all(
      steps.map(({ recordKey, token }) =>
        this.#limit.run(async () => {
          if (token === undefined) await store.invalidate(recordKey);
          else await store.done(recordKey, token);
        }),
      ),
    );
  }
}

/** The name under which the processes report a change: its writer knows no id. */
function nameOf({ token, xid, id }: Change): string {
  return token ?? `${xid}-${id}`;
}
