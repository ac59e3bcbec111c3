import { afterEach } from 'vitest';
import { checkWatchedApps } from './watch-app.js';

afterEach(checkWatchedApps);
