import type { Knex } from 'knex';

/** Public keys that a dealer signed with before the present one, so that what they signed stays checkable. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table dealer_signing_keys (
      dealer_id uuid not null references dealers (id),
      -- SPKI DER. The private half is not kept: what a retired key can still sign is nothing of ours.
      public_key bytea not null,
      used_from timestamptz not null,
      retired_at timestamptz not null check (retired_at >= used_from),
      primary key (dealer_id, public_key)
    );
    comment on table dealer_signing_keys is
      'Retired keys of packages and checkpoints; the present one stands with the dealer.';
    create trigger append_only before update or delete on dealer_signing_keys
      for each row execute function refuse_change();
    create trigger append_only_truncate before truncate on dealer_signing_keys
      for each statement execute function refuse_change();
    alter table dealer_signing_keys enable row level security;
    create policy own on dealer_signing_keys using (dealer_id = current_dealer()) with check (dealer_id = current_dealer());
    -- Whoever may exchange a key may add dealers too: the owner.
    grant select on dealer_signing_keys to sicil_app;

    -- Only keys that were the dealer's, whoever has written what since: a key is not known because something is signed with it.
    create or replace function gate.package_keys(dealer_code text)
    returns table (public_key bytea, current boolean, used_from timestamptz, used_until timestamptz)
    language sql security definer set search_path = public, pg_temp stable as $$
      select d.signing_public_key, true,
             coalesce((select max(k.retired_at) from dealer_signing_keys k where k.dealer_id = d.id), d.created_at),
             null::timestamptz
        from dealers d where d.code = dealer_code
      union all
      select k.public_key, false, k.used_from, k.retired_at
        from dealer_signing_keys k join dealers d on d.id = k.dealer_id where d.code = dealer_code
    $$;
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
