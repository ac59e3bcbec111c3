import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table orders (
      id uuid primary key,
      user_id uuid not null references users (id),
      status text not null default 'open' check (status in ('open', 'paid', 'shipped', 'cancelled')),
      amount integer not null check (amount > 0),
      currency text not null,
      version integer not null default 1,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      deleted_at timestamptz(3)
    )`.execute(db);
  await sql`create index orders_live_page on orders (user_id, created_at, id) where deleted_at is null`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table orders`.execute(db);
}
