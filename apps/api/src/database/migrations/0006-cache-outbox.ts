import { type Kysely, sql } from 'kysely';

/** As `npx nuthatch outbox migration` wrote them. PGlite runs one statement at a time. */
export const statements = [
  `CREATE TABLE IF NOT EXISTS "public".cache_outbox (
  id bigint GENERATED ALWAYS AS IDENTITY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  token text DEFAULT nullif(current_setting('nuthatch.token', true), ''),
  keys jsonb NOT NULL,
  tags text[] NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (xid, id)
)`,
  `DO $outbox$
DECLARE
  fault text;
BEGIN
  SELECT string_agg(source.rel || '.' || source.col || ' is ' || coalesce(format_type(attr.atttypid, NULL), 'no column'), ', ')
  INTO fault
  FROM (VALUES ('"orders"', 'id'), ('"orders"', 'user_id'), ('"users"', 'email'), ('"users"', 'id')) AS source (rel, col)
  LEFT JOIN pg_attribute attr ON attr.attrelid = source.rel::regclass AND attr.attname = source.col AND NOT attr.attisdropped
  LEFT JOIN pg_type typ ON typ.oid = attr.atttypid
  LEFT JOIN pg_type base ON base.oid = nullif(typ.typbasetype, 0)
  WHERE coalesce(base.typname, typ.typname, '') NOT IN ('uuid', 'text', 'varchar', 'citext', 'int2', 'int4', 'int8', 'bool')
    AND coalesce(base.typtype, typ.typtype, 'b') <> 'e';
  IF fault IS NOT NULL THEN
    RAISE EXCEPTION 'cache_outbox: %', fault
      USING HINT = 'Use columns of type uuid, text, varchar, citext, integer, boolean or an enum in the from of a cache.';
  END IF;
END
$outbox$`,
  `CREATE OR REPLACE FUNCTION "public"."cache_outbox_orders"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $outbox$
BEGIN
  IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN
    INSERT INTO "public".cache_outbox (keys, tags)
    SELECT CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.<=) 500
      THEN pg_catalog.jsonb_build_object('orders.byId', pg_catalog.array_agg("id"::pg_catalog.text))
      ELSE '{"orders.byId":null,"orders.page":null}'::pg_catalog.jsonb END,
      CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.<=) 500
      THEN pg_catalog.array_agg('orders.of.' OPERATOR(pg_catalog.||) "user_id"::pg_catalog.text)
      ELSE ARRAY[]::pg_catalog.text[] END
    FROM ((SELECT "id", "user_id" FROM new_rows LIMIT 501)) AS changed HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSIF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' THEN
    INSERT INTO "public".cache_outbox (keys, tags)
    SELECT CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.<=) 1000
      THEN pg_catalog.jsonb_build_object('orders.byId', pg_catalog.array_agg("id"::pg_catalog.text))
      ELSE '{"orders.byId":null,"orders.page":null}'::pg_catalog.jsonb END,
      CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.<=) 1000
      THEN pg_catalog.array_agg('orders.of.' OPERATOR(pg_catalog.||) "user_id"::pg_catalog.text)
      ELSE ARRAY[]::pg_catalog.text[] END
    FROM ((SELECT "id", "user_id" FROM old_rows LIMIT 501) UNION ALL (SELECT "id", "user_id" FROM new_rows LIMIT 501)) AS changed HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSIF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
    INSERT INTO "public".cache_outbox (keys, tags)
    SELECT CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.<=) 500
      THEN pg_catalog.jsonb_build_object('orders.byId', pg_catalog.array_agg("id"::pg_catalog.text))
      ELSE '{"orders.byId":null,"orders.page":null}'::pg_catalog.jsonb END,
      CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.<=) 500
      THEN pg_catalog.array_agg('orders.of.' OPERATOR(pg_catalog.||) "user_id"::pg_catalog.text)
      ELSE ARRAY[]::pg_catalog.text[] END
    FROM ((SELECT "id", "user_id" FROM old_rows LIMIT 501)) AS changed HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSE
    INSERT INTO "public".cache_outbox (keys, tags)
    VALUES ('{"orders.byId":null,"orders.page":null}'::pg_catalog.jsonb, ARRAY[]::pg_catalog.text[]);
  END IF;
  RETURN NULL;
END
$outbox$`,
  `CREATE OR REPLACE TRIGGER "cache_outbox_orders_insert" AFTER INSERT ON "orders"
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "public"."cache_outbox_orders"()`,
  `CREATE OR REPLACE TRIGGER "cache_outbox_orders_update" AFTER UPDATE ON "orders"
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "public"."cache_outbox_orders"()`,
  `CREATE OR REPLACE TRIGGER "cache_outbox_orders_delete" AFTER DELETE ON "orders"
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "public"."cache_outbox_orders"()`,
  `CREATE OR REPLACE TRIGGER "cache_outbox_orders_truncate" AFTER TRUNCATE ON "orders"
FOR EACH STATEMENT EXECUTE FUNCTION "public"."cache_outbox_orders"()`,
  `CREATE OR REPLACE FUNCTION "public"."cache_outbox_users"() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $outbox$
BEGIN
  IF TG_OP OPERATOR(pg_catalog.=) 'INSERT' THEN
    INSERT INTO "public".cache_outbox (keys, tags)
    SELECT CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.<=) 500
      THEN pg_catalog.jsonb_build_object('users.byEmail', pg_catalog.array_agg("email"::pg_catalog.text), 'users.byId', pg_catalog.array_agg("id"::pg_catalog.text))
      ELSE '{"orders.page":null,"users.byEmail":null,"users.byId":null}'::pg_catalog.jsonb END,
      CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.<=) 500
      THEN ARRAY['users']::pg_catalog.text[] OPERATOR(pg_catalog.||) pg_catalog.array_agg('users.' OPERATOR(pg_catalog.||) "id"::pg_catalog.text)
      ELSE ARRAY['users']::pg_catalog.text[] END
    FROM ((SELECT "email", "id" FROM new_rows LIMIT 501)) AS changed HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSIF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' THEN
    INSERT INTO "public".cache_outbox (keys, tags)
    SELECT CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.<=) 1000
      THEN pg_catalog.jsonb_build_object('users.byEmail', pg_catalog.array_agg("email"::pg_catalog.text), 'users.byId', pg_catalog.array_agg("id"::pg_catalog.text))
      ELSE '{"orders.page":null,"users.byEmail":null,"users.byId":null}'::pg_catalog.jsonb END,
      CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.<=) 1000
      THEN ARRAY['users']::pg_catalog.text[] OPERATOR(pg_catalog.||) pg_catalog.array_agg('users.' OPERATOR(pg_catalog.||) "id"::pg_catalog.text)
      ELSE ARRAY['users']::pg_catalog.text[] END
    FROM ((SELECT "email", "id" FROM old_rows LIMIT 501) UNION ALL (SELECT "email", "id" FROM new_rows LIMIT 501)) AS changed HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSIF TG_OP OPERATOR(pg_catalog.=) 'DELETE' THEN
    INSERT INTO "public".cache_outbox (keys, tags)
    SELECT CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.<=) 500
      THEN pg_catalog.jsonb_build_object('users.byEmail', pg_catalog.array_agg("email"::pg_catalog.text), 'users.byId', pg_catalog.array_agg("id"::pg_catalog.text))
      ELSE '{"orders.page":null,"users.byEmail":null,"users.byId":null}'::pg_catalog.jsonb END,
      CASE WHEN pg_catalog.count(*) OPERATOR(pg_catalog.<=) 500
      THEN ARRAY['users']::pg_catalog.text[] OPERATOR(pg_catalog.||) pg_catalog.array_agg('users.' OPERATOR(pg_catalog.||) "id"::pg_catalog.text)
      ELSE ARRAY['users']::pg_catalog.text[] END
    FROM ((SELECT "email", "id" FROM old_rows LIMIT 501)) AS changed HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 0;
  ELSE
    INSERT INTO "public".cache_outbox (keys, tags)
    VALUES ('{"orders.page":null,"users.byEmail":null,"users.byId":null}'::pg_catalog.jsonb, ARRAY['users']::pg_catalog.text[]);
  END IF;
  RETURN NULL;
END
$outbox$`,
  `CREATE OR REPLACE TRIGGER "cache_outbox_users_insert" AFTER INSERT ON "users"
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "public"."cache_outbox_users"()`,
  `CREATE OR REPLACE TRIGGER "cache_outbox_users_update" AFTER UPDATE ON "users"
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "public"."cache_outbox_users"()`,
  `CREATE OR REPLACE TRIGGER "cache_outbox_users_delete" AFTER DELETE ON "users"
REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "public"."cache_outbox_users"()`,
  `CREATE OR REPLACE TRIGGER "cache_outbox_users_truncate" AFTER TRUNCATE ON "users"
FOR EACH STATEMENT EXECUTE FUNCTION "public"."cache_outbox_users"()`,
];

/** Adds the outbox: each change of a user or an order invalidates the entries that are made of it, whatever program makes it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['orders', 'users']) {
    for (const event of ['insert', 'update', 'delete', 'truncate'])
      await sql`drop trigger ${sql.id(`cache_outbox_${table}_${event}`)} on ${sql.table(table)}`.execute(db);
    await sql`drop function ${sql.id(`cache_outbox_${table}`)}()`.execute(db);
  }
  await sql`drop table cache_outbox`.execute(db);
}
