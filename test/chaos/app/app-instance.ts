import { inject } from 'vitest';
import { OPERATION_TIMEOUT_MS } from '../../consistency/processes/fleet/fleet.js';
import { ChildWorker } from '../../support/processes/child-worker.js';
import type { AppCommands, AppOptions } from './app-options.js';
import { KEYS } from './users.js';

const SETTINGS = {
  NODE_ENV: 'production',
  LOG_LEVEL: 'fatal',
  CACHE_NAMESPACE: KEYS.namespace,
  CACHE_OPERATION_TIMEOUT: `${OPERATION_TIMEOUT_MS}ms`,
};

/** An instance of the application in a process of its own, whose clients are sessions in the same process. */
export class AppInstance extends ChildWorker<AppCommands, AppOptions> {
  constructor({ environment, ...options }: AppOptions) {
    super(inject('appProgram'), { ...options, environment: { ...SETTINGS, ...environment } });
  }
}
