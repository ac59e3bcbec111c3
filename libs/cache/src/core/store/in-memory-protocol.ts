import type { Clock } from '../clock.js';
import type { BackOff, Fill, Lease, SlotSnapshot, StoredText } from './store.js';
import { claimOf, fillIdOf, leasePrefix } from './record-format.js';

/** Where a slot machine keeps its texts. */
export interface SlotTexts {
  get(slot: string): { readonly text: string; readonly expiresAt: number } | undefined;
  set(slot: string, text: string, expiresAt: number): void;
  delete(slot: string): void;
}

export type Publish = (kind: 'intent' | 'done', slot: string) => void;

interface Write {
  readonly token: string;
  readonly life: number;
}

/**
 * The steps of the protocol in TypeScript: what the Lua scripts do in Redis, for a process that runs without one and for tests
 * that own time. Each step is one synchronous act, as a script is.
 */
export class SlotMachine {
  constructor(
    private readonly texts: SlotTexts,
    private readonly clock: Clock,
    private readonly publish: Publish,
  ) {}

  read(slot: string): SlotSnapshot {
    const held = this.texts.get(slot);
    if (!held) return ABSENT;
    const leftMs = held.expiresAt - this.clock.now();
    return { text: held.text, ttlMs: Number.isFinite(leftMs) ? Math.max(1, Math.ceil(leftMs)) : 0 };
  }

  acquire(slot: string, { token, leaseMs, invalidFillId }: Lease): boolean {
    const { text } = this.read(slot);
    if (text !== null && (invalidFillId === undefined || fillIdOf(text) !== invalidFillId)) return false;
    this.#put(slot, leasePrefix(token), leaseMs);
    return true;
  }

  fill(slot: string, { expected, text, ttlMs }: Fill): boolean {
    if (!this.read(slot).text?.startsWith(expected)) return false;
    this.#put(slot, text, ttlMs);
    return true;
  }

  release(slot: string, token: string, backOff?: BackOff): boolean {
    if (!this.read(slot).text?.startsWith(leasePrefix(token))) return false;
    if (backOff) this.#put(slot, `E|${backOff.error}|`, backOff.retryMs);
    else this.texts.delete(slot);
    return true;
  }

  create(slot: string, text: string, ttlMs: number): string {
    const standing = this.read(slot).text ?? text;
    if (!standing.startsWith('W|')) this.#put(slot, standing, Math.max(ttlMs, this.read(slot).ttlMs));
    return standing.slice(0, text.length + 1);
  }

  claim(slot: string, leaseMs: number): boolean {
    const claim = claimOf(slot);
    if (this.read(claim).text !== null) return false;
    this.#put(claim, '1', leaseMs);
    return true;
  }

  unclaim(slot: string): void {
    this.texts.delete(claimOf(slot));
  }

  intent(slot: string, token: string, lifeMs: number): void {
    const { writes, overlap } = this.#writes(slot);
    this.#putWrites(slot, [...writes, { token, life: lifeMs }], overlap || writes.length > 0);
    this.publish('intent', slot);
  }

  done(slot: string, token: string): boolean {
    const { writes } = this.#writes(slot);
    const others = writes.filter((write) => write.token !== token);
    if (others.length > 0) this.#putWrites(slot, others, true);
    else this.texts.delete(slot);
    this.publish('done', slot);
    return others.length < writes.length;
  }

  doneWithValue(slot: string, token: string, { text, ttlMs }: StoredText): boolean {
    const { writes, overlap } = this.#writes(slot);
    if (overlap || writes.length !== 1 || writes[0]?.token !== token) return false;
    this.#put(slot, text, ttlMs);
    this.publish('done', slot);
    return true;
  }

  invalidate(slot: string): void {
    const held = this.texts.get(slot);
    // What is left of the lives stays as it is: they count from the last change of the writers.
    if (!held?.text.startsWith('W|')) this.texts.delete(slot);
    else if (!held.text.endsWith('!')) this.texts.set(slot, `${held.text},!`, held.expiresAt);
    this.publish('done', slot);
  }

  /** The writes under way with what is left of their lives: those count from the last change, whose TTL was the longest. */
  #writes(slot: string): { readonly writes: readonly Write[]; readonly overlap: boolean } {
    const { text, ttlMs } = this.read(slot);
    if (!text?.startsWith('W|')) return { writes: [], overlap: false };
    const marked = [...text.matchAll(/(\d+):([0-9a-f]+)/g)].map(([, life, token = '']) => ({
      token,
      life: Number(life),
    }));
    const elapsed = Math.max(...marked.map(({ life }) => life)) - ttlMs;
    const writes = marked.map(({ token, life }) => ({ token, life: life - elapsed })).filter(({ life }) => life > 0);
    return { writes, overlap: text.endsWith('!') };
  }

  #putWrites(slot: string, writes: readonly Write[], overlap: boolean): void {
    const text = `W|${writes.map(({ life, token }) => `${life}:${token}`).join(',')}${overlap ? ',!' : ''}`;
    this.#put(slot, text, Math.max(...writes.map(({ life }) => life)));
  }

  #put(slot: string, text: string, ttlMs: number): void {
    this.texts.set(slot, text, this.clock.now() + ttlMs);
  }
}

const ABSENT: SlotSnapshot = { text: null, ttlMs: 0 };
