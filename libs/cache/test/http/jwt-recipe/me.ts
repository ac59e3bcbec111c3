import { Controller, Get, Injectable, Module, Req, UseGuards, UseInterceptors } from '@nestjs/common';
import {
  CacheModule,
  type CacheOf,
  CacheResponse,
  defineCache,
  HttpCacheInterceptor,
  InjectCache,
} from '@nuthatch/cache';
import { z } from 'zod';
import { Account, JWT_SECRET, JwtGuard } from './account.js';

interface Profile {
  readonly id: string;
  readonly name: string;
}

const profileKey = z.strictObject({ principal: z.string() });
const profile = defineCache<Profile, z.output<typeof profileKey>>('me.profile', { key: profileKey, ttl: '30s' });

@Injectable()
class ProfilesService {
  constructor(@InjectCache(profile) private readonly cache: CacheOf<typeof profile>) {}

  find(id: string): Promise<Profile> {
    return this.cache.readThrough({ principal: id }, async () => ({ id, name: `User ${id}` }));
  }
}

@Controller('me')
@UseGuards(JwtGuard)
@UseInterceptors(HttpCacheInterceptor)
class MeController {
  constructor(private readonly profiles: ProfilesService) {}

  @Get()
  @CacheResponse(profile, () => ({}), {
    principal: ({ user }) => (user instanceof Account ? user.id : undefined),
  })
  me(@Req() { user }: { user: Account }): Promise<Profile> {
    return this.profiles.find(user.id);
  }
}

@Module({
  imports: [CacheModule.forFeature(profile)],
  controllers: [MeController],
  providers: [ProfilesService, { provide: JWT_SECRET, useValue: 'a secret from your settings' }],
})
export class MeModule {}
