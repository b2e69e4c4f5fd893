import type { Knex } from 'knex';

/** Forms that a customer signs, and what the customer was told and allowed: two ledgers that are kept apart. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table dealers add column form_counter integer not null default 0;
    grant update (form_counter) on dealers to sicil_app;

    -- Telling people what is done with their data is a duty (KVKK m.10), proven by text, version, time and channel.
    create table privacy_notices_shown (
      dealer_id uuid not null,
      id uuid not null,
      customer_id uuid not null,
      version text not null,
      language text not null check (language in ('tr', 'en')),
      text_sha256 bytea not null,
      channel text not null check (channel in ('counter_screen', 'print', 'portal', 'mail')),
      shown_at timestamptz not null,
      shown_by uuid,
      primary key (dealer_id, id),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id)
    );
    create index privacy_notices_of_customer on privacy_notices_shown (dealer_id, customer_id, shown_at);

    -- A permission is the customer's free choice and can be taken back (6563 m.6): never a part of the duty to inform.
    create table marketing_permissions (
      dealer_id uuid not null,
      id uuid not null,
      customer_id uuid not null,
      channel text not null check (channel in ('email', 'sms', 'call')),
      state text not null check (state in ('given', 'withdrawn')),
      source text not null check (source in ('form', 'counter', 'phone', 'mail', 'portal', 'iys')),
      at timestamptz not null,
      recorded_by uuid,
      primary key (dealer_id, id),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id)
    );
    create index marketing_permissions_of_customer on marketing_permissions (dealer_id, customer_id, at);

    -- One printed form: which template, which version of the record, which rules held. The row is there only when its
    -- files are; afterwards only its end is written (signed, superseded, void), so that the paper can be matched years later.
    create table forms (
      dealer_id uuid not null,
      id uuid not null,
      customer_id uuid not null,
      case_id uuid,
      number text not null,
      trigger text not null,
      form_version text not null,
      language text not null check (language in ('tr', 'en')),
      record_version integer not null,
      -- Keyed: the digest of a record that somebody knows in part must not confirm the rest.
      record_digest bytea not null,
      requirements jsonb not null,
      transaction_envelope bytea,
      privacy_notice_id uuid not null,
      issued_at timestamptz not null,
      issued_by uuid,
      pdf_address text not null,
      pdf_sha256 bytea not null,
      pdf_bytes bigint not null,
      office_address text not null,
      office_sha256 bytea not null,
      office_bytes bigint not null,
      state text not null default 'issued' check (state in ('issued', 'signed', 'superseded', 'void')),
      document_id uuid,
      signature_sha256 bytea,
      signed_at timestamptz,
      signed_by uuid,
      ended_at timestamptz,
      ended_by uuid,
      ended_reason text,
      superseded_by uuid,
      primary key (dealer_id, id),
      unique (dealer_id, number),
      foreign key (dealer_id, customer_id, record_version)
        references customer_versions (dealer_id, customer_id, version),
      foreign key (dealer_id, case_id) references cases (dealer_id, id),
      foreign key (dealer_id, privacy_notice_id) references privacy_notices_shown (dealer_id, id),
      foreign key (dealer_id, document_id) references documents (dealer_id, id),
      foreign key (dealer_id, superseded_by) references forms (dealer_id, id) deferrable initially deferred,
      check ((state = 'signed') = (document_id is not null and signature_sha256 is not null and signed_at is not null)),
      check ((state in ('superseded', 'void')) = (ended_at is not null))
    );
    create index forms_of_customer on forms (dealer_id, customer_id, issued_at);
    -- Two unsigned papers for one occasion: nobody could say which of them counts.
    create unique index one_open_form on forms (dealer_id, customer_id, trigger) where state = 'issued';
  `);
  for (const table of ['privacy_notices_shown', 'marketing_permissions', 'forms']) {
    await knex.raw('alter table ?? enable row level security', [table]);
    await knex.raw(
      'create policy own on ?? using (dealer_id = current_dealer()) with check (dealer_id = current_dealer())',
      [table],
    );
  }
  await knex.raw(`
    grant select, insert on privacy_notices_shown, marketing_permissions to sicil_app;
    grant select, insert on forms to sicil_app;
    grant update (state, document_id, signature_sha256, signed_at, signed_by, ended_at, ended_by, ended_reason,
                  superseded_by) on forms to sicil_app;
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
