export { AdminError } from './admin-error.js';
export { AdminModule } from './admin.module.js';
export { type AdminModuleAsyncOptions, type AdminOptions } from './admin-options.js';
export { type AdminRequest } from './access/admin-request.js';
export { type TagActivity } from './cache/tag-activity.js';
export { type Advice } from './doctor/advice.js';
export { AdminGuard } from './access/admin.guard.js';
export { AdminSessions, SESSION_COOKIE, SESSION_SECONDS } from './access/admin-sessions.js';
export { RequiresScope } from './access/requires-scope.decorator.js';
export {
  type AdminScope,
  type AdminToken,
  AdminTokensInvalid,
  generateAdminToken,
  parseAdminTokens,
} from './access/admin-token.js';
