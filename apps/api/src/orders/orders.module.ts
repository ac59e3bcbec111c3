import { Module } from '@nestjs/common';
import { CacheModule } from '@nuthatch/cache';
import { UsersModule } from '../users/users.module.js';
import { orderById, ordersPage } from './orders.cache.js';
import { OrdersController } from './orders.controller.js';
import { OrdersRepository } from './orders.repository.js';
import { OrdersService } from './orders.service.js';

@Module({
  imports: [UsersModule, CacheModule.forFeature(orderById, ordersPage)],
  controllers: [OrdersController],
  providers: [OrdersService, OrdersRepository],
})
export class OrdersModule {}
