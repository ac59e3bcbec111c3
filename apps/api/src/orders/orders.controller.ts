import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { CacheResponse, HttpCacheInterceptor } from '@nuthatch/cache';
import { Operation } from '../http/openapi/operation.decorator.js';
import { pageLinks } from '../paging/page-links.js';
import { pageQuery, type PageQuery } from '../paging/page-query.js';
import { userId } from '../users/users.dto.js';
import { CreationGuard } from '../optimistic-locking/creation.guard.js';
import { IfMatch } from '../optimistic-locking/if-match.pipe.js';
import { ResourceHeadersInterceptor } from '../optimistic-locking/resource-headers.interceptor.js';
import { type Order, orderEtags, orderSchema, type OrdersOfUser, ordersOfUserSchema } from './order.js';
import { orderById, ordersPage } from './orders.cache.js';
import { updateOrderSchema, type UpdateOrder, createOrderSchema, type CreateOrder, orderId } from './orders.dto.js';
import { OrdersService } from './orders.service.js';

const orderHeaders = new ResourceHeadersInterceptor('/orders', orderEtags);

@Controller()
@UseInterceptors(HttpCacheInterceptor)
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Operation({
    summary: 'Lists the orders of a user',
    response: ordersOfUserSchema,
    problems: ['user-not-found', 'invalid-cursor'],
    headers: ['Link'],
  })
  @Get('users/:userId/orders')
  @CacheResponse(ordersPage, ({ params, query }) => ({ userId: params['userId'], page: query }), {
    headers: ({ user, page }, { query }) => pageLinks(`/users/${user.id}/orders`, pageQuery.parse(query), page),
  })
  findOf(
    @Param('userId', { schema: userId }) user: string,
    @Query({ schema: pageQuery }) page: PageQuery,
  ): Promise<OrdersOfUser> {
    return this.orders.findOf(user, page);
  }

  @Operation({
    summary: 'Creates an order',
    response: orderSchema,
    problems: ['precondition-failed', 'user-not-found'],
  })
  @Post('users/:userId/orders')
  @UseGuards(CreationGuard)
  @UseInterceptors(orderHeaders)
  create(
    @Param('userId', { schema: userId }) user: string,
    @Body({ schema: createOrderSchema }) details: CreateOrder,
  ): Promise<Order> {
    return this.orders.create(user, details);
  }

  @Operation({ summary: 'Finds an order', response: orderSchema, problems: ['order-not-found'] })
  @Get('orders/:id')
  @CacheResponse(orderById, ({ params }) => params['id'])
  findOne(@Param('id', { schema: orderId }) id: string): Promise<Order> {
    return this.orders.find(id);
  }

  @Operation({ summary: 'Changes an order', response: orderSchema, problems: ['order-not-found'] })
  @Patch('orders/:id')
  @UseInterceptors(orderHeaders)
  change(
    @Param('id', { schema: orderId }) id: string,
    @Body({ schema: updateOrderSchema }) change: UpdateOrder,
    @IfMatch(orderEtags) versions: readonly number[] | undefined,
  ): Promise<Order> {
    return this.orders.update(id, change, versions);
  }

  @Operation({ summary: 'Deletes an order', problems: ['order-not-found'] })
  @Delete('orders/:id')
  @HttpCode(204)
  remove(
    @Param('id', { schema: orderId }) id: string,
    @IfMatch(orderEtags) versions: readonly number[] | undefined,
  ): Promise<void> {
    return this.orders.remove(id, versions);
  }
}
