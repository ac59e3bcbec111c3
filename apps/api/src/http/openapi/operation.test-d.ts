import { Controller, Delete, Get } from '@nestjs/common';
import { z } from 'zod';
import { Operation } from './operation.decorator.js';

const userSchema = z.strictObject({ id: z.string(), tags: z.array(z.string()).readonly() }).readonly();
interface User {
  readonly id: string;
  readonly tags: readonly string[];
}
const user: User = { id: '1', tags: [] };

/** Compiled, never run: a handler that answers anything but exactly what its schema describes is an error. */
@Controller()
export class Handlers {
  @Get()
  @Operation({ summary: 'Finds a user', response: userSchema })
  exact(): User {
    return user;
  }

  @Get()
  @Operation({ summary: 'Finds a user', response: userSchema })
  promised(_id: string): Promise<User> {
    return Promise.resolve(user);
  }

  @Delete()
  @Operation({ summary: 'Deletes a user', problems: ['user-not-found'] })
  nothing(): Promise<void> {
    return Promise.resolve();
  }

  @Get()
  // @ts-expect-error wider: the password would be sent, and the document would not know it
  @Operation({ summary: 'Finds a user', response: userSchema })
  wider(): User & { passwordHash: string } {
    return { ...user, passwordHash: '' };
  }

  @Get()
  // @ts-expect-error sometimes nothing
  @Operation({ summary: 'Finds a user', response: userSchema })
  optional(): User | undefined {
    return user;
  }

  @Get()
  // @ts-expect-error it answers something, and no schema says what
  @Operation({ summary: 'Finds a user' })
  unsaid(): User {
    return user;
  }

  @Delete()
  // @ts-expect-error no problem has this code
  @Operation({ summary: 'Deletes a user', problems: ['user-not-fonud'] })
  misspelt(): void {}
}
