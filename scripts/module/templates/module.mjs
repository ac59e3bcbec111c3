export const module = ({ one, Many, many, plural }) => `
import { Module } from '@nestjs/common';
import { CacheModule } from '@nuthatch/cache';
import { ${one}ById, ${many}Page } from '../../templates/${plural}.cache.js';
import { ${Many}Controller } from '../../templates/${plural}.controller.js';
import { ${Many}Repository } from '../../templates/${plural}.repository.js';
import { ${Many}Service } from '../../templates/${plural}.service.js';

@Module({
  imports: [CacheModule.forFeature(${one}ById, ${many}Page)],
  controllers: [${Many}Controller],
  providers: [${Many}Service, ${Many}Repository],
})
export class ${Many}Module {}
`;
