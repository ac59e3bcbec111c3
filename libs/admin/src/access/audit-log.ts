import { Injectable, Logger } from '@nestjs/common';
import type { AdminRequest } from './admin-request.js';
import type { AdminScope } from './admin-token.js';

/** One action of the API that can change what clients receive, or that shows values. */
export interface AuditedAction {
  readonly action: 'invalidate' | 'clear' | 'read-value';
  readonly cache?: string;
  /** How many entries the request named. Their keys may be personal data, so the log does not have them. */
  readonly entries?: number;
  readonly tags?: readonly string[];
  readonly reason?: string;
  readonly dryRun?: boolean;
}

/** A request whose token is wrong, or lacks a scope. */
export interface Refusal {
  readonly action: 'refused';
  /** The name of the handler. */
  readonly tried: string;
  /** The scope that the token lacks; `undefined` for a wrong token. */
  readonly scope?: AdminScope;
}

/** How an action ended: with a result, or with the code of an error. Messages of errors may have keys. */
type Outcome = { readonly applied: string } | { readonly failed: string };

/** Writes one log line per action and refusal, with the name of the token, if it has one, and the address of the client. */
@Injectable()
export class AuditLog {
  readonly #logger = new Logger('Audit');

  record({ adminToken, ip }: AdminRequest, action: AuditedAction | (AuditedAction & Outcome) | Refusal): void {
    this.#logger.log(JSON.stringify({ token: adminToken?.name, address: ip, ...action }));
  }

  /** Runs an action, and writes its line when it has ended, also if it throws. */
  async run<Result extends { readonly applied: string | null }>(
    request: AdminRequest,
    action: AuditedAction,
    body: () => Promise<Result>,
  ): Promise<Result> {
    const end = (outcome: Outcome): void => this.record(request, { ...action, ...outcome });
    try {
      const result = await body();
      end({ applied: result.applied ?? 'dry run' });
      return result;
    } catch (error) {
      end({ failed: codeOf(error) });
      throw error;
    }
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error ? String(error.code) : error.name;
}
