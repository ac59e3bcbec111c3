export { type Cdn } from './cdn/cdn.js';
export { cloudflare, type CloudflareOptions } from './cdn/cloudflare.js';
export { fastly, type FastlyOptions } from './cdn/fastly.js';
export { souin, type SouinOptions } from './cdn/souin.js';
export { varnish, type VarnishOptions } from './cdn/varnish.js';
export { edgeMigration, type EdgeMigrationOptions } from './edge-migration.js';
export { EdgeModule, type EdgeModuleAsyncOptions, type EdgeOptions } from './edge.module.js';
