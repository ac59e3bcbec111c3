export { CacheManagerModule } from './cache-manager.module.js';
export { KeyvFactory } from './keyv-factory.js';
export { KeyvModule } from './keyv.module.js';
export { type KeyvStore, type KeyvStoreOptions } from './keyv-store.js';
