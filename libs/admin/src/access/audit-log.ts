import { Injectable, Logger } from '@nestjs/common';
import type { AdminRequest } from './admin-request.js';

/** One action of the API that can change what clients receive, or that shows values. */
export interface AuditedAction {
  readonly action: 'invalidate' | 'clear' | 'read-value';
  readonly cache?: string;
  /** How many entries the request named. Their keys may be personal data, so the log does not have them. */
  readonly entries?: number;
  readonly tags?: readonly string[];
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly applied?: string;
}

/** Writes one log line per action, with the name of its token and the address of its client. */
@Injectable()
export class AuditLog {
  readonly #logger = new Logger('Audit');

  record({ adminToken, ip }: AdminRequest, action: AuditedAction): void {
    this.#logger.log(JSON.stringify({ token: adminToken?.name, address: ip, ...action }));
  }
}
