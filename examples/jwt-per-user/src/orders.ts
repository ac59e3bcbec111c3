import { Controller, Get, Injectable, Module, Post, Req, UseGuards, UseInterceptors } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import {
  CacheModule,
  type CacheOf,
  CacheResponse,
  defineCache,
  HttpCacheInterceptor,
  InjectCache,
  type Requester,
} from '@nuthatch/cache';
import { z } from 'zod';
import { Account, JwtGuard } from './jwt.guard.js';

const orderKey = z.strictObject({ principal: z.string() });
const principal = ({ user }: Requester) => (user instanceof Account ? user.id : undefined);

/** One entry for each account: the principal is part of the key. */
export const ordersOfAccount = defineCache<string[], z.output<typeof orderKey>>('orders.ofAccount', {
  key: orderKey,
  ttl: '30s',
});

@Injectable()
export class OrdersService {
  readonly #rows = new Map<string, string[]>();

  constructor(@InjectCache(ordersOfAccount) private readonly cache: CacheOf<typeof ordersOfAccount>) {}

  find(account: string): Promise<string[]> {
    return this.cache.readThrough({ principal: account }, async () => this.#rows.get(account) ?? []);
  }

  add(account: string): Promise<string[]> {
    return this.cache.writeThrough({ principal: account }, async () => {
      const orders = [...(this.#rows.get(account) ?? []), `order of ${account}`];
      this.#rows.set(account, orders);
      return orders;
    });
  }
}

@Controller('orders')
@UseGuards(JwtGuard)
@UseInterceptors(HttpCacheInterceptor)
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  @CacheResponse(ordersOfAccount, () => ({}), { principal })
  find(@Req() request: { user: Account }): Promise<string[]> {
    return this.orders.find(request.user.id);
  }

  @Post()
  add(@Req() request: { user: Account }): Promise<string[]> {
    return this.orders.add(request.user.id);
  }
}

@Module({
  imports: [
    JwtModule.register({ secret: 'only for this example', signOptions: { expiresIn: '1h' } }),
    CacheModule.forRoot({ redis: 'redis://localhost:6379', caches: [ordersOfAccount] }),
  ],
  controllers: [OrdersController],
  providers: [OrdersService],
})
export class AppModule {}
