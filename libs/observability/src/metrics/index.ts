export { type Family, type Labels, type MetricSource, type Sample } from './family.js';
export { MetricsModule } from './metrics.module.js';
export {
  type MetricsAddress,
  type MetricsContent,
  type MetricsModuleAsyncOptions,
  type MetricsOptions,
} from './metrics-options.js';
export { Metrics } from './metrics.service.js';
