import { equal, match, ok } from 'node:assert/strict';
import type { KnownTags } from './conditions.js';

/** What is known of the weak tags of lists: only who was told one knows it, and each is that of one content. */
export class ListTags {
  readonly #byPath = new Map<string, Map<string, string>>();

  /** The tags of a list that has this content now. */
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
    ok(![...known.values()].includes(opaque), 'the tag is that of another content');
    this.#byPath.set(path, known.set(content, opaque));
  }
}
