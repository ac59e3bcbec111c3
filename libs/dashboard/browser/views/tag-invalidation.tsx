import { useState } from 'preact/hooks';
import { messageOf, request } from '../api.js';
import { textOf } from '../form.js';
import { reachText } from './reach.js';
import type { InvalidationReport } from '../types.js';

interface Props {
  /** The size of the fleet. */
  readonly instances: number;
}

/** Invalidates every entry that has a tag, in two steps. */
export function TagInvalidation({ instances }: Props) {
  const [dryRun, setDryRun] = useState<InvalidationReport>();
  const [message, setMessage] = useState<string>();
  const send = async (tags: readonly string[], isDryRun: boolean): Promise<void> => {
    setDryRun(undefined);
    try {
      const body = { tags, reason: 'dashboard', dryRun: isDryRun };
      const report = (await request('POST', 'admin/cache/invalidations', { body })) as InvalidationReport;
      if (isDryRun) setDryRun(report);
      setMessage(
        isDryRun
          ? `Dry run, nothing was invalidated. Reads of all entries with the tag ${tags.join()} would load, in every cache.`
          : `Invalidated: ${report.applied}.`,
      );
    } catch (error) {
      setMessage(messageOf(error));
    }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void send([textOf(event, 'tag').trim()], true);
  };
  return (
    <section>
      <h2>Invalidate a tag</h2>
      <form class="inspector" onSubmit={submit}>
        <label>
          Tag
          <input name="tag" required placeholder="users" />
        </label>
        <button type="submit">Dry run</button>
        {dryRun && (
          <button type="button" class="danger" onClick={() => void send(dryRun.tags, false)}>
            Invalidate {reachText(dryRun.scope, instances)}
          </button>
        )}
      </form>
      {message !== undefined && <p role="alert">{message}</p>}
    </section>
  );
}
