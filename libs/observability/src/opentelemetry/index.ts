export { observeMetrics } from './otlp-metrics.js';
export { traceCaches } from './cache-traces.js';
