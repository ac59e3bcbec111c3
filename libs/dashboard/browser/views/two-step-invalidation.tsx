import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { messageOf, request } from '../api.js';
import { reachText } from './reach.js';
import type { InvalidationReport } from '../types.js';

/** What the admin API invalidates. */
interface Target {
  readonly keys?: readonly { readonly cache: string; readonly key: unknown }[];
  readonly tags?: readonly string[];
}

interface Props {
  /** Called with each submission of the form. */
  readonly targetOf: (event: Event) => Target;
  /** Says what reads would find after the invalidation, or instead of it. */
  readonly describe: (report: InvalidationReport) => string;
  readonly onInvalidated?: () => Promise<void>;
  /** The size of the fleet. */
  readonly instances: number;
  /** The label of the first button. */
  readonly label: string;
  /** The fields of the target. */
  readonly children?: ComponentChildren;
}

/** A form that invalidates in two steps: a dry run, and a button that says what it reaches. Another target needs another dry run. */
export function TwoStepInvalidation({ targetOf, describe, onInvalidated, instances, label, children }: Props) {
  const [checked, setChecked] = useState<{ readonly target: Target; readonly report: InvalidationReport }>();
  const [message, setMessage] = useState<string>();
  const asked = useRef(0);
  const forget = (): void => {
    asked.current += 1;
    setChecked(undefined);
    setMessage(undefined);
  };
  const send = async (target: Target, dryRun: boolean): Promise<void> => {
    forget();
    const mine = asked.current;
    try {
      const body = { ...target, reason: 'dashboard', dryRun };
      const report = (await request('POST', 'admin/cache/invalidations', { body })) as InvalidationReport;
      if (dryRun) {
        // The fields may have changed since.
        if (mine !== asked.current) return;
        setChecked({ target, report });
        setMessage(`Dry run, nothing was invalidated. ${describe(report)}`);
      } else {
        await onInvalidated?.();
        setMessage(`Invalidated: ${report.applied}.`);
      }
    } catch (error) {
      setMessage(messageOf(error));
    }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void send(targetOf(event), true);
  };
  return (
    <>
      <form class="inspector" onSubmit={submit} onInput={forget}>
        {children}
        <button type="submit">{label}</button>
        {checked && (
          <button type="button" class="danger" onClick={() => void send(checked.target, false)}>
            Invalidate {reachText(checked.report.scope, instances)}
          </button>
        )}
      </form>
      {message !== undefined && <p role="alert">{message}</p>}
    </>
  );
}
