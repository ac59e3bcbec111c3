/** The database lacks migrations of this release, and the settings leave them to another process. */
export class SchemaOutdated extends Error {
  override readonly name = 'SchemaOutdated';
  readonly code = 'SCHEMA_OUTDATED';

  constructor(missing: readonly string[]) {
    super(
      `The schema lacks ${missing.join(', ')}. Run "npm run migrate", in the image "node dist/apps/api/migrate.js".`,
    );
  }
}
