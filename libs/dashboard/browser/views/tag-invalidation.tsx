import { textOf } from '../form.js';
import { TwoStepInvalidation } from './two-step-invalidation.js';

interface Props {
  /** The size of the fleet. */
  readonly instances: number;
}

/** Invalidates every entry that has a tag. */
export function TagInvalidation({ instances }: Props) {
  return (
    <section>
      <h2>Invalidate a tag</h2>
      <TwoStepInvalidation
        label="Dry run"
        instances={instances}
        targetOf={(event) => ({ tags: [textOf(event, 'tag').trim()] })}
        describe={({ tags }) => `Reads of all entries with the tag ${tags.join()} would load, in every cache.`}
      >
        <label>
          Tag
          <input name="tag" required placeholder="users" />
        </label>
      </TwoStepInvalidation>
    </section>
  );
}
