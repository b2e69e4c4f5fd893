import type { Knex } from 'knex';

/**
 * Dealers, people and the wall between dealers. The owner role migrates and owns everything; the application role owns
 * nothing and sees only rows of the dealer its transaction has named.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create schema gate;
    grant usage on schema gate to sicil_app;

    -- Raises when no dealer is set: a query outside inDealer() is an error, never an empty answer.
    create function current_dealer() returns uuid language plpgsql stable as $$
    declare dealer text := current_setting('sicil.dealer', true);
    begin
      if dealer is null or dealer = '' then
        raise exception 'no dealer is set for this transaction' using errcode = 'SC001';
      end if;
      return dealer::uuid;
    end $$;

    create table dealers (
      id uuid primary key,
      code text not null unique,
      profile jsonb not null,
      wrapped_key bytea not null,
      signing_public_key bytea not null,
      wrapped_signing_key bytea not null,
      customer_counter integer not null default 0,
      package_counter integer not null default 0,
      created_at timestamptz not null
    );
    create table branches (
      dealer_id uuid not null references dealers (id),
      id uuid not null,
      name text not null,
      licence_number text,
      created_at timestamptz not null,
      primary key (dealer_id, id),
      unique (dealer_id, name)
    );
    -- Installation-wide: one e-mail is one person, who may work for several dealers.
    create table users (
      id uuid primary key,
      email text not null,
      name text not null,
      password_hash text not null,
      language text not null default 'tr' check (language in ('tr', 'en')),
      created_at timestamptz not null,
      disabled_at timestamptz
    );
    create unique index users_email on users (lower(email));
    create table memberships (
      dealer_id uuid not null references dealers (id),
      user_id uuid not null references users (id),
      role text not null check (role in ('staff', 'officer', 'manager', 'auditor', 'admin')),
      -- The first admin of a dealer also has a manager's rights (design §8).
      also_manager boolean not null default false,
      branch_id uuid,
      created_at timestamptz not null,
      primary key (dealer_id, user_id),
      foreign key (dealer_id, branch_id) references branches (dealer_id, id)
    );
    create index memberships_user on memberships (user_id);
    create table sessions (
      token_hash bytea primary key,
      dealer_id uuid not null,
      user_id uuid not null,
      created_at timestamptz not null,
      seen_at timestamptz not null,
      foreign key (dealer_id, user_id) references memberships (dealer_id, user_id)
    );
    create index sessions_user on sessions (dealer_id, user_id);
    create table api_tokens (
      dealer_id uuid not null,
      id uuid not null,
      user_id uuid not null,
      name text not null,
      token_hash bytea not null unique,
      created_at timestamptz not null,
      created_by uuid,
      revoked_at timestamptz,
      primary key (dealer_id, id),
      foreign key (dealer_id, user_id) references memberships (dealer_id, user_id)
    );
    create table idempotency_keys (
      dealer_id uuid not null references dealers (id),
      user_id uuid not null,
      key text not null,
      route text not null,
      body_hash bytea not null,
      status integer,
      answer jsonb,
      created_at timestamptz not null,
      primary key (dealer_id, user_id, key)
    );
    -- No dealer: it says which processes are alive, and nothing else.
    create table worker_heartbeats (
      worker_id uuid not null,
      queue text not null,
      build text not null,
      at timestamptz not null,
      primary key (worker_id, queue)
    );

    alter table dealers enable row level security;
    create policy own on dealers using (id = current_dealer()) with check (id = current_dealer());
    alter table users enable row level security;
    create policy colleagues on users using (
      exists (select from memberships m where m.dealer_id = current_dealer() and m.user_id = users.id)
    );
    grant select on dealers to sicil_app;
    grant update (profile, customer_counter, package_counter) on dealers to sicil_app;
    grant select on users to sicil_app;
    grant update (name, password_hash, language, disabled_at) on users to sicil_app;
    grant select, insert, update, delete on worker_heartbeats to sicil_app;
  `);
  for (const table of ['branches', 'memberships', 'sessions', 'api_tokens', 'idempotency_keys']) {
    await knex.raw('alter table ?? enable row level security', [table]);
    await knex.raw(
      'create policy own on ?? using (dealer_id = current_dealer()) with check (dealer_id = current_dealer())',
      [table],
    );
    await knex.raw('grant select, insert, update, delete on ?? to sicil_app', [table]);
  }
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
