import { Module } from '@nestjs/common';
import { AppConfig } from '../app.config.js';
import { Cursors } from './cursors.js';

/** For modules with lists that are read in pages. */
@Module({
  providers: [
    { provide: Cursors, useFactory: (config: AppConfig) => new Cursors(config.cursorSecret), inject: [AppConfig] },
  ],
  exports: [Cursors],
})
export class PagingModule {}
