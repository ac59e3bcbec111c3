export { AppLogger } from './app-logger.js';
export { type ObservabilityModuleAsyncOptions, type ObservabilityOptions } from './observability-options.js';
export { ObservabilityModule } from './observability.module.js';
export { requestPath } from './request-line.js';
