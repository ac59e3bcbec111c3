import { Controller, Get, Module } from '@nestjs/common';

@Controller('x')
class X {
  @Get()
  x() {
    return {};
  }
}

@Module({ controllers: [X] })
export class AppModule {}
