import { Controller, Delete, Get } from '@nestjs/common';
import { z } from 'zod';
import { Operation } from './operation.decorator.js';

const userSchema = z.strictObject({ id: z.string(), tags: z.array(z.string()).readonly() }).readonly();
interface User {
  readonly id: string;
  readonly tags: readonly string[];
}
const user: User = { id: '1', tags: [] };

/** Compiled, never run. A handler that does not return exactly the type of its schema is an error. */
@Controller()
export class Handlers {
  @Operation({ summary: 'Finds a user', response: userSchema })
  @Get()
  exact(): User {
    return user;
  }

  @Operation({ summary: 'Finds a user', response: userSchema })
  @Get()
  promised(_id: string): Promise<User> {
    return Promise.resolve(user);
  }

  @Operation({ summary: 'Deletes a user', problems: ['user-not-found'] })
  @Delete()
  nothing(): Promise<void> {
    return Promise.resolve();
  }

  // @ts-expect-error wider: the answer could have a password, which is not documented
  @Operation({ summary: 'Finds a user', response: userSchema })
  @Get()
  wider(): User & { passwordHash: string } {
    return { ...user, passwordHash: '' };
  }

  // @ts-expect-error the answer could be empty
  @Operation({ summary: 'Finds a user', response: userSchema })
  @Get()
  optional(): User | undefined {
    return user;
  }

  // @ts-expect-error the answer has no schema
  @Operation({ summary: 'Finds a user' })
  @Get()
  unsaid(): User {
    return user;
  }

  // @ts-expect-error an unknown code
  @Operation({ summary: 'Deletes a user', problems: ['user-not-fonud'] })
  @Delete()
  misspelt(): void {}
}
