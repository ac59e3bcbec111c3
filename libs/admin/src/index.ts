export { AdminError } from './admin-error.js';
export { AdminModule } from './admin.module.js';
export { type AdminModuleAsyncOptions, type AdminOptions } from './admin-options.js';
export { type AdminScope, type AdminToken, generateAdminToken, parseAdminTokens } from './access/admin-token.js';
