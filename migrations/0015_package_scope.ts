import type { Knex } from 'knex';

/** What goes into a package: its scope, its sample, the time to close gaps, and the statement of completeness. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table dealers add column rehearsal_counter integer not null default 0;
    grant update (rehearsal_counter) on dealers to sicil_app;

    alter table audit_packages drop constraint audit_packages_status_check;
    alter table audit_packages add constraint audit_packages_status_check check (status in
      ('rendering', 'awaiting_seal', 'sealed', 'failed', 'cancelled', 'rehearsed'));
    alter table audit_packages drop constraint audit_packages_phase_check;
    alter table audit_packages add constraint audit_packages_phase_check check (phase in
      ('queued', 'fixing', 'including', 'assembling', 'ready', 'discarding', 'ended'));
    alter table audit_packages
      -- A rehearsal says what would be missing; it is never rendered, so that nobody can seal it.
      add column dry_run boolean not null default false,
      -- Who is named, put in and left out with what reasons, the sample and the note: sealed under the package's key.
      add column scope_envelope bytea,
      -- The sealed package that this one replaces.
      add column supersedes uuid,
      add column fix_days integer not null default 0 check (fix_days between 0 and 10),
      -- When the fix window ends: an instant, so that a calendar that changes later does not move it.
      add column fix_until timestamptz,
      -- Code of the last customer for whose gaps a task was opened; null when the window has not begun or all are open.
      add column fix_cursor text collate "C",
      -- Totals by requirement and type: counts and codes only.
      add column statement jsonb,
      add column population integer not null default 0,
      add column excluded integer not null default 0,
      add constraint audit_packages_supersedes_fkey
        foreign key (dealer_id, supersedes) references audit_packages (dealer_id, id),
      add constraint audit_packages_rehearsed_check check (dry_run or status <> 'rehearsed'),
      add constraint audit_packages_dry_run_check check (not (dry_run and status in ('awaiting_seal', 'sealed')));
    create index audit_packages_superseding on audit_packages (dealer_id, supersedes) where supersedes is not null;
    alter table audit_package_items
      -- Requirements that the statement shows as missing: finds the customers with gaps without opening an envelope.
      add column missing integer not null default 0,
      -- What was added inside the fix window: a layer of its own over the snapshot.
      add column late_envelope bytea;
    create index audit_package_items_missing on audit_package_items (dealer_id, package_id, code) where missing > 0;
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
