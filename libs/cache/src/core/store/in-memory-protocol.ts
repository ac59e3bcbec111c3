import type { Clock } from '../clock.js';
import type { BackOff, Fill, Lease, RecordSnapshot, StoredText } from './store.js';
import { refreshLockOf, fillIdOf, leasePrefix } from './record-format.js';

/** Where a slot machine keeps its texts. */
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
 * The steps of the protocol in TypeScript: what the Lua scripts do in Redis, for a process that runs without one and for tests
 * that own time. Each step is one synchronous act, as a script is.
 */
export class InMemoryProtocol {
  constructor(
    private readonly texts: RecordTexts,
    private readonly clock: Clock,
    private readonly publish: Publish,
  ) {}

  read(recordKey: string): RecordSnapshot {
    const held = this.texts.get(recordKey);
    if (!held) return ABSENT;
    const leftMs = held.expiresAt - this.clock.now();
    return { text: held.text, ttlMs: Number.isFinite(leftMs) ? Math.max(1, Math.ceil(leftMs)) : 0 };
  }

  acquire(recordKey: string, { token, leaseMs, invalidFillId }: Lease): boolean {
    const { text } = this.read(recordKey);
    if (text !== null && (invalidFillId === undefined || fillIdOf(text) !== invalidFillId)) return false;
    this.#put(recordKey, leasePrefix(token), leaseMs);
    return true;
  }

  fill(recordKey: string, { expected, text, ttlMs }: Fill): boolean {
    if (!this.read(recordKey).text?.startsWith(expected)) return false;
    this.#put(recordKey, text, ttlMs);
    return true;
  }

  release(recordKey: string, token: string, backOff?: BackOff): boolean {
    if (!this.read(recordKey).text?.startsWith(leasePrefix(token))) return false;
    if (backOff) this.#put(recordKey, `E|${backOff.error}|`, backOff.retryMs);
    else this.texts.delete(recordKey);
    return true;
  }

  create(recordKey: string, text: string, ttlMs: number): string {
    const standing = this.read(recordKey).text ?? text;
    if (!standing.startsWith('W|')) this.#put(recordKey, standing, Math.max(ttlMs, this.read(recordKey).ttlMs));
    return standing.slice(0, text.length + 1);
  }

  claim(recordKey: string, leaseMs: number): boolean {
    const claim = refreshLockOf(recordKey);
    if (this.read(claim).text !== null) return false;
    this.#put(claim, '1', leaseMs);
    return true;
  }

  unclaim(recordKey: string): void {
    this.texts.delete(refreshLockOf(recordKey));
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
    // What is left of the lives stays as it is: they count from the last change of the writers.
    if (!held?.text.startsWith('W|')) this.texts.delete(recordKey);
    else if (!held.text.endsWith('!')) this.texts.set(recordKey, `${held.text},!`, held.expiresAt);
    this.publish('done', recordKey);
  }

  /** The writes under way with what is left of their lives: those count from the last change, whose TTL was the longest. */
  #writes(recordKey: string): { readonly writes: readonly Write[]; readonly overlap: boolean } {
    const { text, ttlMs } = this.read(recordKey);
    if (!text?.startsWith('W|')) return { writes: [], overlap: false };
    const marked = [...text.matchAll(/(\d+):([0-9a-f]+)/g)].map(([, life, token = '']) => ({
      token,
      life: Number(life),
    }));
    const elapsed = Math.max(...marked.map(({ life }) => life)) - ttlMs;
    const writes = marked.map(({ token, life }) => ({ token, life: life - elapsed })).filter(({ life }) => life > 0);
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
