import type { Clock } from '../clock.js';
import { type BackOff, type Fill, type Lease, type RecordSnapshot, type StoredText } from './store.js';
import { leasePrefix } from './record-format.js';

/** Stores the texts of the records. */
export interface RecordTexts {
  get(recordKey: string): { readonly text: string; readonly expiresAt: number } | undefined;
  set(recordKey: string, text: string, expiresAt: number): void;
  delete(recordKey: string): void;
}

export type Publish = (kind: 'intent' | 'done', recordKey: string) => void;

interface Write {
  readonly token: string;
  readonly life: number;
}

/**
 * Runs the steps of the protocol in TypeScript, as the Lua scripts do in Redis: for a process without Redis, and for tests that
 * control time. Each step is synchronous, hence atomic like a script.
 */
export class InMemoryProtocol {
  constructor(
    private readonly texts: RecordTexts,
    private readonly clock: Clock,
    private readonly publish: Publish,
  ) {}

  read(recordKey: string, lease?: Lease): RecordSnapshot {
    const held = this.texts.get(recordKey);
    if (lease && (!held || (lease.replaces && held.text.startsWith(lease.replaces)))) {
      this.#put(recordKey, leasePrefix(lease.token), lease.leaseMs);
      return LEASED;
    }
    if (!held) return ABSENT;
    const leftMs = held.expiresAt - this.clock.now();
    return { text: held.text, ttlMs: Number.isFinite(leftMs) ? Math.max(1, Math.ceil(leftMs)) : 0 };
  }

  fill(recordKey: string, { expected, text, ttlMs }: Fill): boolean {
    if (!this.read(recordKey).text?.startsWith(expected)) return false;
    this.#put(recordKey, text, ttlMs);
    return true;
  }

  release(recordKey: string, token: string, backOff?: BackOff): void {
    if (!this.read(recordKey).text?.startsWith(leasePrefix(token))) return;
    if (backOff) this.#put(recordKey, `E|${backOff.error}|`, backOff.retryMs);
    else this.texts.delete(recordKey);
  }

  ensureTagVersion(recordKey: string, text: string, ttlMs: number): string {
    const current = this.read(recordKey).text ?? text;
    if (!current.startsWith('W|')) this.#put(recordKey, current, Math.max(ttlMs, this.read(recordKey).ttlMs));
    return current.slice(0, text.length + 1);
  }

  intent(recordKey: string, token: string, lifeMs: number): void {
    const { writes, overlap } = this.#writes(recordKey);
    this.#putWrites(recordKey, [...writes, { token, life: lifeMs }], overlap || writes.length > 0);
    this.publish('intent', recordKey);
  }

  done(recordKey: string, token: string): boolean {
    const { writes } = this.#writes(recordKey);
    const others = writes.filter((write) => write.token !== token);
    if (others.length > 0) this.#putWrites(recordKey, others, true);
    else this.texts.delete(recordKey);
    this.publish('done', recordKey);
    return others.length < writes.length;
  }

  doneWithValue(recordKey: string, token: string, { text, ttlMs }: StoredText): boolean {
    const { writes, overlap } = this.#writes(recordKey);
    if (overlap || writes.length !== 1 || writes[0]?.token !== token) return false;
    this.#put(recordKey, text, ttlMs);
    this.publish('done', recordKey);
    return true;
  }

  invalidate(recordKey: string): void {
    const held = this.texts.get(recordKey);
    // The TTL stays: the lives of the intents count from the last change.
    if (!held?.text.startsWith('W|')) this.texts.delete(recordKey);
    else if (!held.text.endsWith('!')) this.texts.set(recordKey, `${held.text},!`, held.expiresAt);
    this.publish('done', recordKey);
  }

  /** Returns the writes in progress with their remaining lives, which count from the last change. The TTL was the longest then. */
  #writes(recordKey: string): { readonly writes: readonly Write[]; readonly overlap: boolean } {
    const { text, ttlMs } = this.read(recordKey);
    if (!text?.startsWith('W|')) return { writes: [], overlap: false };
    const intents = [...text.matchAll(/(\d+):([0-9a-f]+)/g)].map(([, life, token = '']) => ({
      token,
      life: Number(life),
    }));
    const elapsed = Math.max(...intents.map(({ life }) => life)) - ttlMs;
    const writes = intents.map(({ token, life }) => ({ token, life: life - elapsed })).filter(({ life }) => life > 0);
    return { writes, overlap: text.endsWith('!') };
  }

  #putWrites(recordKey: string, writes: readonly Write[], overlap: boolean): void {
    const text = `W|${writes.map(({ life, token }) => `${life}:${token}`).join(',')}${overlap ? ',!' : ''}`;
    this.#put(recordKey, text, Math.max(...writes.map(({ life }) => life)));
  }

  #put(recordKey: string, text: string, ttlMs: number): void {
    this.texts.set(recordKey, text, this.clock.now() + ttlMs);
  }
}

const ABSENT: RecordSnapshot = { text: null, ttlMs: 0 };
const LEASED: RecordSnapshot = { text: null, ttlMs: 0, acquired: true };
