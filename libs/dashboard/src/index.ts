export { DashboardModule } from './dashboard.module.js';
export { type DashboardOptions } from './dashboard-options.js';
export { type InstanceFigures, type Percentiles, type Tick } from './live/figures.js';
