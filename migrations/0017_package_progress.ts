import type { Knex } from 'knex';

/** What people see of a package while it is made: a number that rises with each change, and whose files do not come. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table audit_packages drop constraint audit_packages_phase_check;
    alter table audit_packages add constraint audit_packages_phase_check check (phase in
      ('queued', 'fixing', 'including', 'assembling', 'blocked', 'ready', 'discarding', 'ended'));
    alter table audit_packages
      -- Rises with every change that people are shown: what a stream of events is read on from.
      add column seq bigint not null default 0,
      -- Customers whose file could not be made when it was last tried.
      add column failing integer not null default 0,
      -- Until then a person may say what becomes of a package that cannot go on by itself.
      add column blocked_until timestamptz;
    alter table audit_package_items
      -- Code of the last failure; a message could hold personal data.
      add column error_code text,
      add column retry_at timestamptz,
      -- Why the inspector gets no file of this customer, sealed under the package's key.
      add column left_out_envelope bytea;
    -- The rate of work is read from the files made last.
    create index audit_package_items_rendered on audit_package_items (dealer_id, package_id, rendered_at)
      where rendered_at is not null;
    create index audit_package_items_troubled on audit_package_items (dealer_id, package_id, code)
      where error_code is not null or left_out_envelope is not null;

    -- Numbers the change and tells everybody who listens, both in the transaction that makes it: ids only.
    create function package_moved() returns trigger language plpgsql as $$
    begin
      if (new.status, new.phase, new.done, new.total, new.failing) is distinct from
         (old.status, old.phase, old.done, old.total, old.failing) then
        new.seq := old.seq + 1;
        perform pg_notify('sicil_packages', new.id::text);
      end if;
      return new;
    end $$;
    create trigger moved before update on audit_packages for each row execute function package_moved();
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
