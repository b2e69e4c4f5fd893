import type { Knex } from 'knex';

/** Customer numbers that nobody waits for, and imports: a file that becomes records, portion by portion. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- One sequence a dealer: taking a number holds no lock until commit, so that one long transaction (an import's portion)
    -- keeps nobody from opening a file. Numbers are not gap-free, and need not be.
    create schema customer_numbers;
    create function customer_numbers.sequence_of(dealer uuid) returns text language sql immutable as $$
      select 'customer_numbers.of_' || replace(dealer::text, '-', '_')
    $$;
    create function customer_numbers.add_sequence() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
    begin
      execute format('create sequence %s', customer_numbers.sequence_of(new.id));
      return new;
    end $$;
    create trigger customer_numbers after insert on dealers
      for each row execute function customer_numbers.add_sequence();
    do $$
    declare dealer record;
    begin
      for dealer in select id, customer_counter from dealers loop
        execute format('create sequence %s start %s', customer_numbers.sequence_of(dealer.id), dealer.customer_counter + 1);
      end loop;
    end $$;

    -- A process of the release before this one still counts in the dealer's row: it gets the sequence's next number too.
    create function customer_numbers.count_with_sequence() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
    begin
      new.customer_counter := nextval(customer_numbers.sequence_of(new.id)::regclass);
      return new;
    end $$;
    create trigger count_with_sequence before update of customer_counter on dealers
      for each row execute function customer_numbers.count_with_sequence();

    create function gate.next_customer_numbers(wanted integer) returns setof bigint
    language sql security definer set search_path = public, pg_temp volatile as $$
      select nextval(customer_numbers.sequence_of(current_dealer())::regclass) from generate_series(1, wanted)
    $$;

    -- One uploaded file. Its bytes lie in the file store, under a key derived from the dealer's, until nobody needs them.
    create table imports (
      dealer_id uuid not null references dealers (id),
      id uuid not null,
      format text not null check (format in ('xlsx', 'csv')),
      file_name_envelope bytea not null,
      file_sha256 bytea not null,
      bytes bigint not null,
      address text,
      language text not null check (language in ('tr', 'en')),
      dry_run boolean not null,
      status text not null
        check (status in ('checking', 'checked', 'committing', 'done', 'failed', 'cancelled')),
      -- The last row that is done in the pass under way: moves in the transaction that writes what the row became.
      cursor_row integer not null default 0,
      total integer not null default 0,
      ok integer not null default 0,
      warnings integer not null default 0,
      errors integer not null default 0,
      created integer not null default 0,
      requested_by uuid not null,
      requested_at timestamptz not null,
      committed_by uuid,
      committed_at timestamptz,
      ended_at timestamptz,
      error_code text,
      signal_after timestamptz not null,
      attempts integer not null default 0,
      primary key (dealer_id, id)
    );
    -- The same file makes nothing twice; one that failed or was cancelled made nothing, or says what it made.
    create unique index one_import_per_file on imports (dealer_id, file_sha256)
      where status not in ('failed', 'cancelled');
    create index imports_waiting on imports (signal_after)
      where status in ('checking', 'checked', 'committing') or address is not null;

    -- What became of a row of the file: cell addresses and codes, never a value; and whose record came of it.
    create table import_rows (
      dealer_id uuid not null,
      import_id uuid not null,
      -- Another sheet's rows stand here only when no customer's row takes them in.
      sheet text not null,
      row_number integer not null,
      outcome text not null check (outcome in ('warning', 'error', 'created')),
      customer_id uuid,
      problems jsonb not null default '[]',
      primary key (dealer_id, import_id, sheet, row_number),
      foreign key (dealer_id, import_id) references imports (dealer_id, id),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id)
    );
    create index import_rows_of_customer on import_rows (dealer_id, customer_id) where customer_id is not null;

    -- Imports that somebody has to look at: at work and not heard of, waiting too long for a word, or with bytes to forget.
    create function gate.claim_imports(at timestamptz)
    returns table (dealer_id uuid, import_id uuid, attempts integer)
    language sql security definer set search_path = public, pg_temp as $$
      with claimed as (
        select i.dealer_id, i.id from imports i
        where (i.status in ('checking', 'checked', 'committing') or i.address is not null) and i.signal_after <= at
        order by i.signal_after limit 20 for update skip locked
      )
      update imports i set
        attempts = case when i.status in ('checking', 'committing') then i.attempts + 1 else 0 end,
        signal_after = at + interval '5 minutes'
      from claimed c where i.dealer_id = c.dealer_id and i.id = c.id
      returning i.dealer_id, i.id, i.attempts
    $$;

    -- As before, entries in the order given, each hashed under its chain's lock; but a chain's head is locked and moved once
    -- for all its entries: a new file brings fifteen of them, and an import hundreds of files.
    create or replace function gate.append_audits(actor_kind text, actor_id uuid, entries jsonb)
    returns void language plpgsql security definer set search_path = public, pg_temp as $$
    declare
      dealer uuid := current_dealer();
      entry jsonb;
      chain uuid;
      next_chain uuid;
      head_seq bigint;
      head_hash bytea;
      previous bytea;
      stamp timestamptz;
    begin
      for entry in select e from jsonb_array_elements(entries) with ordinality as list(e, n) order by n loop
        next_chain := (entry->>'chain')::uuid;
        if chain is distinct from next_chain then
          if chain is not null then
            update chain_heads h set seq = head_seq, hash = head_hash where h.dealer_id = dealer and h.chain_id = chain;
          end if;
          chain := next_chain;
          insert into chain_heads values (dealer, chain, 0, '\\x'::bytea) on conflict do nothing;
          select h.seq, h.hash into head_seq, head_hash from chain_heads h
            where h.dealer_id = dealer and h.chain_id = chain for update;
        end if;
        head_seq := head_seq + 1;
        stamp := clock_timestamp();
        previous := head_hash;
        head_hash := audit_hash(dealer, chain, head_seq, stamp, actor_kind, actor_id, entry->>'event',
                                (entry->>'caseId')::uuid, entry->'detail', previous);
        insert into audit_log values (dealer, chain, head_seq, stamp, actor_kind, actor_id, entry->>'event',
                                      (entry->>'caseId')::uuid, entry->'detail', previous, head_hash);
      end loop;
      if chain is not null then
        update chain_heads h set seq = head_seq, hash = head_hash where h.dealer_id = dealer and h.chain_id = chain;
      end if;
    end $$;

    revoke execute on function gate.next_customer_numbers, gate.claim_imports from public;
    grant execute on function gate.next_customer_numbers, gate.claim_imports to sicil_app;
  `);
  for (const table of ['imports', 'import_rows']) {
    await knex.raw('alter table ?? enable row level security', [table]);
    await knex.raw(
      'create policy own on ?? using (dealer_id = current_dealer()) with check (dealer_id = current_dealer())',
      [table],
    );
  }
  await knex.raw('grant select, insert, update on imports, import_rows to sicil_app');
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
