import type { Knex } from 'knex';

/**
 * Signed checkpoints of the audit chains, so that a deleted chain or a cut tail is found and a package proves its events
 * without other dealers; and to whom a package was handed over.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table audit_checkpoints (
      dealer_id uuid not null references dealers (id),
      n integer not null check (n > 0),
      at timestamptz not null,
      leaf_count integer not null,
      merkle_root bytea not null,
      -- SHA-256 of the statement before it; null for the first.
      previous_hash bytea,
      public_key bytea not null,
      signature bytea not null,
      primary key (dealer_id, n)
    );
    comment on table audit_checkpoints is
      'What all hash chains of a dealer looked like at an instant, signed; made when a package is frozen and once a day.';
    create table audit_checkpoint_heads (
      dealer_id uuid not null,
      chain_id uuid not null,
      seq bigint not null,
      hash bytea not null,
      -- The first checkpoint that saw this head. It holds for later ones too, until one saw a higher seq.
      n integer not null,
      primary key (dealer_id, chain_id, seq),
      foreign key (dealer_id, n) references audit_checkpoints (dealer_id, n)
    );
    comment on table audit_checkpoint_heads is
      'Leaves of the checkpoints, only those that changed: a head is not repeated while its chain stands still.';
    create index audit_checkpoint_heads_by_n on audit_checkpoint_heads (dealer_id, n, chain_id);

    alter table audit_packages
      -- The checkpoint that saw the same snapshot; null for packages frozen before there were any.
      add column checkpoint integer,
      add constraint audit_packages_checkpoint_fkey
        foreign key (dealer_id, checkpoint) references audit_checkpoints (dealer_id, n);
    create index audit_package_downloads_by_package on audit_package_downloads (dealer_id, package_id, id);

    create table audit_package_handovers (
      dealer_id uuid not null,
      id uuid not null,
      package_id uuid not null,
      -- Who took it, of which office, how, and a note: a person's name, sealed under the package's key.
      envelope bytea not null,
      delivered_on date not null,
      recorded_by uuid not null,
      recorded_at timestamptz not null,
      receipt_address text,
      receipt_media_type text,
      receipt_bytes bigint,
      receipt_sha256 bytea,
      receipt_by uuid,
      receipt_at timestamptz,
      primary key (dealer_id, id),
      foreign key (dealer_id, package_id) references audit_packages (dealer_id, id),
      check ((receipt_address is null) = (receipt_at is null))
    );
    comment on table audit_package_handovers is
      'To whom a sealed package was given, and the paper that says so; kept as long as the package.';
    create index audit_package_handovers_by_package on audit_package_handovers (dealer_id, package_id, id);

    create trigger append_only before update or delete on audit_checkpoints
      for each row execute function refuse_change();
    create trigger append_only_truncate before truncate on audit_checkpoints
      for each statement execute function refuse_change();
    create trigger append_only before update or delete on audit_checkpoint_heads
      for each row execute function refuse_change();
    create trigger append_only_truncate before truncate on audit_checkpoint_heads
      for each statement execute function refuse_change();

    create function refuse_second_receipt() returns trigger language plpgsql as $$
    begin
      if old.receipt_address is not null then
        raise exception 'a receipt does not change' using errcode = 'SC004';
      end if;
      return new;
    end $$;
    create trigger one_receipt before update on audit_package_handovers
      for each row execute function refuse_second_receipt();

    create function gate.due_checkpoints(at timestamptz) returns table (dealer_id uuid)
    language sql security definer set search_path = public, pg_temp stable as $$
      select d.id from dealers d
      where not exists (select from audit_checkpoints c
                        where c.dealer_id = d.id and c.at > due_checkpoints.at - interval '1 day')
      order by d.id limit 50
    $$;

    -- The keys that a dealer's packages are or were signed with: public by nature, asked for by the dealer's code.
    create function gate.package_keys(dealer_code text)
    returns table (public_key bytea, current boolean, used_from timestamptz, used_until timestamptz)
    language sql security definer set search_path = public, pg_temp stable as $$
      with used as (
        select c.public_key, c.at from audit_checkpoints c join dealers d on d.id = c.dealer_id
          where d.code = dealer_code
        union all
        select p.public_key, p.sealed_at from audit_packages p join dealers d on d.id = p.dealer_id
          where d.code = dealer_code and p.status = 'sealed'
      )
      select d.signing_public_key, true,
             (select min(u.at) from used u where u.public_key = d.signing_public_key), null::timestamptz
        from dealers d where d.code = dealer_code
      union all
      select u.public_key, false, min(u.at), max(u.at)
        from used u join dealers d on d.code = dealer_code
        where u.public_key <> d.signing_public_key group by u.public_key
    $$;
    revoke execute on function gate.due_checkpoints(timestamptz), gate.package_keys(text) from public;
    grant execute on function gate.due_checkpoints(timestamptz), gate.package_keys(text) to sicil_app;
  `);
  for (const table of ['audit_checkpoints', 'audit_checkpoint_heads', 'audit_package_handovers']) {
    await knex.raw('alter table ?? enable row level security', [table]);
    await knex.raw(
      'create policy own on ?? using (dealer_id = current_dealer()) with check (dealer_id = current_dealer())',
      [table],
    );
    await knex.raw('grant select, insert on ?? to sicil_app', [table]);
  }
  await knex.raw(`
    grant update (receipt_address, receipt_media_type, receipt_bytes, receipt_sha256, receipt_by, receipt_at)
      on audit_package_handovers to sicil_app
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
