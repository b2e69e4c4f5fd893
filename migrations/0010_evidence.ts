import type { Knex } from 'knex';

/**
 * What a person saw where no register answers programs: link, time, hash of the paper and who looked stand beside the
 * answers of the machines, because an inspector asks for both in one breath (TY m.46: records are kept eight years).
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table verifications
      -- An active customer is looked up without a case as well.
      alter column case_id drop not null,
      add column evidence text,
      add column link text,
      add column seen_at timestamptz,
      -- Both may name people, so they are sealed with the customer's key.
      add column note_envelope bytea,
      add column barcode_envelope bytea,
      add column document_id uuid,
      -- Copied: the answer keeps its proof when the document is replaced or withdrawn.
      add column document_sha256 bytea,
      add column recorded_by uuid,
      -- Keyed hash of the value that was looked up: an answer holds while the record still says so.
      add column value_hash bytea,
      drop constraint verifications_result_check,
      add constraint verifications_result_check
        check (result in ('match', 'mismatch', 'unavailable', 'off', 'not_found')),
      add constraint verifications_by_hand_check check ((method = 'manual')
        = (evidence is not null and seen_at is not null and recorded_by is not null and value_hash is not null
           and note_envelope is not null)),
      add foreign key (dealer_id, customer_id) references customers (dealer_id, id),
      add foreign key (dealer_id, document_id) references documents (dealer_id, id);
    create index verifications_of_customer on verifications (dealer_id, customer_id, at, id);

    -- "Kart böyle gösteriyor": a clerk's word that the card writes the name otherwise lets the register be asked once
    -- more (D-3.3 c). Once for each identity of a version, or the register would be searched by trial.
    create table register_retries (
      dealer_id uuid not null,
      case_id uuid not null,
      record_version integer not null,
      subject text not null,
      spelling text not null check (spelling in ('first_given_name', 'without_hyphen')),
      confirmed_by uuid not null,
      confirmed_at timestamptz not null,
      primary key (dealer_id, case_id, record_version, subject),
      foreign key (dealer_id, case_id) references cases (dealer_id, id)
    );
    alter table register_retries enable row level security;
    create policy own on register_retries
      using (dealer_id = current_dealer()) with check (dealer_id = current_dealer());
    grant select, insert on register_retries to sicil_app;

    -- Who looked something up for a case, or vouched for its card, may not decide it.
    create function refuse_own_evidence() returns trigger language plpgsql as $$
    begin
      if new.four_eyes = 'recorded' then return new; end if;
      if exists (select from verifications v where v.dealer_id = new.dealer_id and v.case_id = new.case_id
                   and v.recorded_by = new.decided_by)
        or exists (select from register_retries r where r.dealer_id = new.dealer_id and r.case_id = new.case_id
                   and r.confirmed_by = new.decided_by)
      then
        raise exception 'four eyes: the decider gathered evidence for this case' using errcode = 'SC002';
      end if;
      return new;
    end $$;
    create trigger four_eyes_evidence before insert on decisions
      for each row execute function refuse_own_evidence();
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
