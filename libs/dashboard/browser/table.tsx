import type { ComponentChildren } from 'preact';

interface Props {
  /** Names the table for screen readers. */
  readonly label: string;
  readonly columns: readonly string[];
  /** The rows. Nothing is shown while they are `undefined`: they are being loaded. */
  readonly children: ComponentChildren;
}

/** A table that scrolls within the page, also with the keyboard. */
export function Table({ label, columns, children }: Props) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.isArray(children) && children.length === 0 ? (
            <tr>
              <td class="none" colSpan={columns.length}>
                none so far
              </td>
            </tr>
          ) : (
            children
          )}
        </tbody>
      </table>
    </div>
  );
}
