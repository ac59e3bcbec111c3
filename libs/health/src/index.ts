export {
  type HealthIndicator,
  IndicatorNameTaken,
  type IndicatorOptions,
  type Indicators,
} from './dependencies/indicator-options.js';
export {
  type DatabaseProbe,
  type HealthModuleAsyncOptions,
  type HealthModuleOptions,
  type HealthOptions,
} from './health-options.js';
export { HealthModule } from './health.module.js';
export type { AdmissionLimits } from './overload/admission-queue.js';
export { type LoadSheddingOptions, withLoadShedding } from './overload/load-shedding.js';
