export { AppLogger } from './app-logger.js';
export { type ObservabilityModuleAsyncOptions, type ObservabilityOptions } from './observability-options.js';
export { ObservabilityModule } from './observability.module.js';
export { currentRequestId } from './request/request-id.js';
export { RepeatedWarnings } from './repeated-warnings.js';
export { requestPath, startRequestTime } from './request/request-line.js';
export { traceIdOf } from './request/trace-id.js';
