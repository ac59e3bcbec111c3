export { AppLogger } from './app-logger.js';
export { type ObservabilityModuleAsyncOptions, type ObservabilityOptions } from './observability-options.js';
export { ObservabilityModule } from './observability.module.js';
export { currentRequestId } from './request-id.js';
export { RepeatedWarnings } from './repeated-warnings.js';
export { requestPath } from './request-line.js';
export { startRequestTime } from './request-time.js';
export { traceIdOf } from './trace-id.js';
