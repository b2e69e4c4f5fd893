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
      period_to date not null check (period_from <= period_to),
      filter_envelope bytea not null,
      language text not null,
      status text not null check (status in ('rendering', 'awaiting_seal', 'sealed', 'failed', 'cancelled')),
      phase text not null check (phase in ('queued', 'including', 'assembling', 'ready', 'discarding', 'ended')),
      as_of timestamptz,
      done integer not null default 0,
      total integer not null default 0,
      requested_by uuid not null,
      requested_at timestamptz not null,
      wrapped_key bytea not null,
      public_key bytea not null,
      -- Frozen facts beside the customers (dealer, rules, parameters), sealed under the package's key.
      frame_envelope bytea,
      snapshot_sha256 bytea,
      sheets jsonb not null default '{}',
      manifest bytea,
      signature bytea,
      sealed_by uuid,
      sealed_at timestamptz,
      four_eyes text check (four_eyes in ('enforced', 'recorded')),
      error_code text,
      error_customer text,
      signal_after timestamptz not null,
      attempts integer not null default 0,
      primary key (dealer_id, id),
      unique (dealer_id, number),
      check ((status = 'sealed') = (sealed_by is not null and manifest is not null and signature is not null))
    );
    create index audit_packages_open on audit_packages (signal_after)
      where status = 'rendering' or phase = 'discarding';
    -- No foreign key to customers: its check would wait for, and hold up, everybody who works on a customer while a whole
    -- dealer is being frozen. An item is a copy, and customers are never deleted.
    create table audit_package_items (
      dealer_id uuid not null,
      package_id uuid not null,
      customer_id uuid not null,
      code text collate "C" not null,
      version integer not null,
      chunk integer not null,
      snapshot bytea not null,
      attempts integer not null default 0,
      rendered_at timestamptz,
      primary key (dealer_id, package_id, customer_id),
      unique (dealer_id, package_id, code),
      foreign key (dealer_id, package_id) references audit_packages (dealer_id, id)
    );
    create index audit_package_items_open on audit_package_items (dealer_id, package_id, chunk)
      where rendered_at is null;
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

    -- Second wall behind the checks of the operation: a sealed package never changes, and nobody seals what they asked for.
    create function refuse_unsealing() returns trigger language plpgsql as $$
    begin
      if old.status = 'sealed' then
        raise exception 'a sealed package does not change' using errcode = 'SC004';
      end if;
      if new.status = 'sealed' and new.sealed_by = new.requested_by and new.four_eyes is distinct from 'recorded' then
        raise exception 'four eyes: the sealer asked for this package' using errcode = 'SC002';
      end if;
      return new;
    end $$;
    create trigger sealed_for_good before update on audit_packages for each row execute function refuse_unsealing();
    create function refuse_change_of_sealed() returns trigger language plpgsql as $$
    declare item record := coalesce(new, old);
    begin
      if exists (select from audit_packages p where p.dealer_id = item.dealer_id and p.id = item.package_id
                   and p.status = 'sealed') then
        raise exception 'a sealed package does not change' using errcode = 'SC004';
      end if;
      return item;
    end $$;
    create trigger sealed_for_good before insert or update or delete on audit_package_items
      for each row execute function refuse_change_of_sealed();
    create trigger sealed_for_good before insert or update or delete on audit_package_files
      for each row execute function refuse_change_of_sealed();
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
    grant select, insert, update on audit_packages to sicil_app;
    grant select, insert, update, delete on audit_package_items, audit_package_files to sicil_app;
    grant select, insert on audit_package_downloads to sicil_app;
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
