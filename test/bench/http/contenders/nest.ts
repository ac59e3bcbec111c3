import { Controller, Get } from '@nestjs/common';
import { listen } from '../nest.js';
import type { Where } from '../contender.js';
import { USER, type User } from '../user.js';

@Controller('users')
class UsersController {
  @Get(':id')
  find(): User {
    return USER;
  }
}

/** What every interceptor of Nest stands on: its pipeline, and nothing to do in it. */
export async function serve(where: Where): Promise<void> {
  await listen('Fastify', { controllers: [UsersController] }, where);
}
