import type { Knex } from 'knex';

/** Customers with their versions and documents, and the rules that say what a file must hold. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table customers (
      dealer_id uuid not null references dealers (id),
      id uuid not null,
      code text not null,
      type text not null,
      trigger text not null,
      status text not null,
      risk text check (risk in ('low', 'medium', 'high')),
      branch_id uuid,
      language text not null default 'tr',
      version integer not null default 1,
      envelope bytea not null,
      wrapped_key bytea not null,
      display_name text not null,
      fold_key text not null,
      province text,
      completeness integer not null default 0 check (completeness between 0 and 100),
      missing text[] not null default '{}',
      next_review_on date,
      review_overdue_since timestamptz,
      activated_at timestamptz,
      last_full_review_on date,
      created_at timestamptz not null,
      created_by uuid,
      updated_at timestamptz not null,
      imported boolean not null default false,
      primary key (dealer_id, id),
      unique (dealer_id, code),
      foreign key (dealer_id, branch_id) references branches (dealer_id, id)
    );
    create index customers_by_name on customers (dealer_id, display_name collate "tr-x-icu", id);
    create index customers_by_status on customers (dealer_id, status, id);
    create index customers_missing on customers using gin (missing);

    -- Folded words and blinded prefixes of numbers; found by range, so that the index works under row security too.
    create table customer_search_terms (
      dealer_id uuid not null,
      customer_id uuid not null,
      term text collate "C" not null,
      primary key (dealer_id, term, customer_id),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id)
    );
    create index customer_search_terms_customer on customer_search_terms (dealer_id, customer_id);

    -- Keyed fingerprints of whole values (identity number, phone, e-mail, document number): equality without the value.
    create table customer_blind_indexes (
      dealer_id uuid not null,
      customer_id uuid not null,
      field text not null,
      digest bytea not null,
      primary key (dealer_id, field, digest, customer_id),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id)
    );
    create index customer_blind_indexes_customer on customer_blind_indexes (dealer_id, customer_id);

    create table customer_versions (
      dealer_id uuid not null,
      customer_id uuid not null,
      version integer not null,
      envelope bytea not null,
      case_id uuid,
      author_kind text not null,
      author_id uuid,
      valid_from timestamptz not null,
      primary key (dealer_id, customer_id, version),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id)
    );

    create table documents (
      dealer_id uuid not null,
      id uuid not null,
      customer_id uuid not null,
      case_id uuid,
      kind text not null,
      state text not null default 'current' check (state in ('current', 'replaced', 'withdrawn')),
      number_envelope bytea,
      issued_on date,
      expires_on date,
      file_name_envelope bytea not null,
      media_type text not null,
      bytes bigint not null check (bytes > 0),
      sha256 bytea not null,
      address text not null,
      uploaded_by uuid,
      uploaded_at timestamptz not null,
      seen_by uuid,
      seen_at timestamptz,
      seen_case_id uuid,
      ended_by uuid,
      ended_at timestamptz,
      ended_reason text,
      replaced_by uuid,
      primary key (dealer_id, id),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id)
    );
    create index documents_of_customer on documents (dealer_id, customer_id, kind);

    create table requirements (
      dealer_id uuid not null references dealers (id),
      id text not null,
      version text not null,
      valid_from date not null,
      valid_to date,
      rule jsonb not null,
      primary key (dealer_id, id, valid_from)
    );
    create table policies (
      dealer_id uuid not null references dealers (id),
      key text not null,
      version text not null,
      valid_from date not null,
      valid_to date,
      value jsonb not null,
      legal_basis text,
      confidence text not null,
      created_by uuid,
      primary key (dealer_id, key, valid_from)
    );
  `);
  for (const table of [
    'customers',
    'customer_search_terms',
    'customer_blind_indexes',
    'customer_versions',
    'documents',
    'requirements',
    'policies',
  ]) {
    await knex.raw('alter table ?? enable row level security', [table]);
    await knex.raw(
      'create policy own on ?? using (dealer_id = current_dealer()) with check (dealer_id = current_dealer())',
      [table],
    );
  }
  await knex.raw(`
    grant select, insert, update on customers, documents, policies, requirements to sicil_app;
    grant select, insert, delete on customer_search_terms, customer_blind_indexes to sicil_app;
    grant select, insert on customer_versions to sicil_app;
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
