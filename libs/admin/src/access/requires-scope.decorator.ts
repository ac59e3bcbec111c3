import { SetMetadata } from '@nestjs/common';
import type { AdminScope } from './admin-token.js';

export const REQUIRED_SCOPE = Symbol('REQUIRED_SCOPE');

/** Answers 403 to tokens without the scope. */
export const RequiresScope = (scope: AdminScope): MethodDecorator => SetMetadata(REQUIRED_SCOPE, scope);
