import { equal, match, ok } from 'node:assert/strict';
import type { KnownTags } from './conditions.js';

/** The weak entity tags of lists, learnt from answers. Each tag belongs to one content. */
export class ListTags {
  readonly #byPath = new Map<string, Map<string, string>>();

  /** Returns the known tags of a list with this content. */
  of(path: string, content: string): KnownTags {
    const known = this.#byPath.get(path);
    const now = known?.get(content);
    return { weak: true, now, before: [...(known?.values() ?? [])].findLast((tag) => tag !== now) };
  }

  learn(path: string, content: string, etag: string): void {
    match(etag, /^W\/"[\w-]{22}"$/);
    const opaque = etag.slice(3, -1);
    const known = this.#byPath.get(path) ?? new Map<string, string>();
    const before = known.get(content);
    if (before !== undefined) return equal(opaque, before);
    ok(![...known.values()].includes(opaque), 'the tag belongs to another content');
    this.#byPath.set(path, known.set(content, opaque));
  }
}
