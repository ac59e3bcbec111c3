export const module = ({ one, Many, many, plural }) => `
import { Module } from '@nestjs/common';
import { CacheModule } from '@nuthatch/cache';
import { ${one}ById, ${many}Page } from './${plural}.cache.js';
import { ${Many}Controller } from './${plural}.controller.js';
import { ${Many}Repository } from './${plural}.repository.js';
import { ${Many}Service } from './${plural}.service.js';

@Module({
  imports: [CacheModule.forFeature(${one}ById, ${many}Page)],
  controllers: [${Many}Controller],
  providers: [${Many}Service, ${Many}Repository],
})
export class ${Many}Module {}
`;
