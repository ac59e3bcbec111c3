import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { CacheManagerModule } from '@nuthatch/cache/manager';
import type { Cache } from 'cache-manager';
import * as keyv from 'keyv';

export interface Counts {
  readonly loads: number;
  readonly hasExpiry: boolean;
  /** Whether the store is a Keyv of the version that the application installed. */
  readonly storeIsOfTheApplication: boolean;
}

/** Answers how often its loader ran, through `CACHE_MANAGER`. */
@Controller('counts')
export class CountsController {
  #loads = 0;

  constructor(@Inject(CACHE_MANAGER) private readonly cache: Cache) {}

  @Get()
  async count(): Promise<Counts> {
    const load = async (): Promise<number> => (this.#loads += 1);
    const loads = await this.cache.wrap('count', load, 60_000);
    const hasExpiry = (await this.cache.ttl('count')) !== undefined;
    return { loads, hasExpiry, storeIsOfTheApplication: this.cache.stores.some((store) => store instanceof keyv.Keyv) };
  }
}

@Module({ imports: [CacheManagerModule.forRoot()], controllers: [CountsController] })
export class CountsModule {}
