import type { Knex } from 'knex';

/** Audit packages: their frozen contents and the files rendered from them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table audit_packages (
      dealer_id uuid not null references dealers (id),
      id uuid not null,
      number text not null,
      profile text not null check (profile in ('masak', 'maliye')),
      period_from date not null,
      period_to date not null,
      filter jsonb not null,
      language text not null,
      status text not null check (status in ('rendering', 'awaiting_seal', 'sealed', 'failed', 'cancelled')),
      phase text not null,
      as_of timestamptz,
      done integer not null default 0,
      total integer not null default 0,
      requested_by uuid not null,
      requested_at timestamptz not null,
      wrapped_key bytea not null,
      manifest jsonb,
      manifest_bytes bytea,
      signature bytea,
      sealed_by uuid,
      sealed_at timestamptz,
      error_code text,
      signal_after timestamptz not null,
      attempts integer not null default 0,
      primary key (dealer_id, id),
      unique (dealer_id, number)
    );
    create index audit_packages_open on audit_packages (signal_after) where status = 'rendering';
    create table audit_package_items (
      dealer_id uuid not null,
      package_id uuid not null,
      customer_id uuid not null,
      code text not null,
      version integer not null,
      snapshot bytea not null,
      rendered_at timestamptz,
      primary key (dealer_id, package_id, customer_id),
      foreign key (dealer_id, package_id) references audit_packages (dealer_id, id),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id)
    );
    create table audit_package_files (
      dealer_id uuid not null,
      package_id uuid not null,
      path text collate "C" not null,
      bytes bigint not null,
      sha256 bytea not null,
      address text not null,
      primary key (dealer_id, package_id, path),
      foreign key (dealer_id, package_id) references audit_packages (dealer_id, id)
    );
    create table audit_package_downloads (
      dealer_id uuid not null,
      id uuid not null,
      package_id uuid not null,
      user_id uuid not null,
      at timestamptz not null,
      primary key (dealer_id, id),
      foreign key (dealer_id, package_id) references audit_packages (dealer_id, id)
    );
  `);
  for (const table of [
    'audit_packages',
    'audit_package_items',
    'audit_package_files',
    'audit_package_downloads',
  ]) {
    await knex.raw('alter table ?? enable row level security', [table]);
    await knex.raw(
      'create policy own on ?? using (dealer_id = current_dealer()) with check (dealer_id = current_dealer())',
      [table],
    );
  }
  await knex.raw(`
    grant select, insert, update on audit_packages, audit_package_items to sicil_app;
    grant select, insert on audit_package_downloads to sicil_app;
    grant select, insert, update on audit_package_files to sicil_app;
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
