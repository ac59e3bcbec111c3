export { DashboardModule } from './dashboard.module.js';
export { type DashboardModuleAsyncOptions, type DashboardOptions } from './dashboard-options.js';
export {
  type ComparedAnswers,
  type InstanceFigures,
  type Percentiles,
  type StalenessFigures,
  type Tick,
} from './live/figures.js';
