export { type DatabaseProbe, type HealthModuleAsyncOptions, type HealthOptions } from './health-options.js';
export { HealthModule } from './health.module.js';
