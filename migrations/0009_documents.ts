import type { Knex } from 'knex';

/**
 * What makes a document one that can be trusted: the fingerprint of the bytes that were sent beside that of the file kept,
 * the clerk's word that an old card's special categories are covered (KVKK m.6), and the case in which it was ended.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table documents
      -- Images are written anew before they are kept: the same upload is recognised by this one. Null means as sha256.
      add column original_sha256 bytea,
      -- Null where nobody looked yet.
      add column pages integer check (pages > 0),
      add column masked_by uuid,
      add column masked_at timestamptz,
      -- Who ends a document of an earlier case works on the present one.
      add column ended_case_id uuid;

    -- Uploads on their way: written before the file, deleted with the document's row. What is left over is a file without
    -- a row, because the process or the database died in between. Instants are the database's own, not the business's.
    create table pending_files (
      dealer_id uuid not null references dealers (id),
      address text not null,
      since timestamptz not null default clock_timestamp(),
      primary key (dealer_id, address)
    );
    create index pending_files_by_age on pending_files (dealer_id, since);
    alter table pending_files enable row level security;
    create policy own on pending_files using (dealer_id = current_dealer()) with check (dealer_id = current_dealer());
    grant select, insert, delete on pending_files to sicil_app;

    create or replace function refuse_own_work() returns trigger language plpgsql as $$
    begin
      if new.four_eyes = 'recorded' then return new; end if;
      if exists (select from customer_versions v where v.dealer_id = new.dealer_id and v.customer_id = new.customer_id
                   and v.case_id = new.case_id and v.author_id = new.decided_by)
        or exists (select from documents d where d.dealer_id = new.dealer_id and d.customer_id = new.customer_id
                   and ((d.case_id = new.case_id and (d.uploaded_by = new.decided_by or d.ended_by = new.decided_by))
                     or (d.ended_case_id = new.case_id and d.ended_by = new.decided_by)
                     or (d.seen_case_id = new.case_id and d.seen_by = new.decided_by)))
        or exists (select from cases c where c.dealer_id = new.dealer_id and c.id = new.case_id
                   and c.submitted_by = new.decided_by)
      then
        raise exception 'four eyes: the decider worked on this case' using errcode = 'SC002';
      end if;
      return new;
    end $$;
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
