import { Module } from '@nestjs/common';
import { AdminModule, parseAdminTokens } from '@nuthatch/admin';
import { DashboardModule } from '@nuthatch/dashboard';

@Module({
  imports: [
    AdminModule.forRoot({ tokens: parseAdminTokens(process.env['ADMIN_TOKENS'] ?? '') }),
    DashboardModule.forRoot({ mode: 'readonly', namespace: 'shop' }),
  ],
})
export class AdministrationModule {}
