import type { Knex } from 'knex';

/**
 * Files that may be one customer, merges of files and their undoing, and a search that answers its first page without
 * reading every match.
 */
export async function up(knex: Knex): Promise<void> {
  await searchColumns(knex);
  await duplicateTables(knex);
  await searchFunctions(knex);
}

async function searchColumns(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The living file that this one was merged into: it is closed, and people are led on.
    alter table customers add column merged_into uuid;
    alter table customers add foreign key (dealer_id, merged_into) references customers (dealer_id, id);
    create index customers_merged on customers (dealer_id, merged_into) where merged_into is not null;
    create index customers_by_creation on customers (dealer_id, created_at, id);
    create index customers_by_review on customers (dealer_id, coalesce(next_review_on, 'infinity'::date), id);

    -- former_of: this customer is found by what an absorbed file (or its own record before a merge) once held.
    -- sort_name: the beginning of the name in list order beside each clear word, so that the first page of a common word is
    -- read in order instead of being sorted out of all its matches. Cut, because an index row holds 2,700 bytes at most.
    alter table customer_search_terms add column former_of uuid, add column sort_name text collate "tr-x-icu";
    alter table customer_blind_indexes add column former_of uuid;
    update customer_search_terms t set sort_name = left(c.display_name, 64) from customers c
      where c.dealer_id = t.dealer_id and c.id = t.customer_id and t.term not like '~%';
    create index customer_search_names on customer_search_terms (dealer_id, term, sort_name, customer_id)
      where sort_name is not null;
    create function name_search_term() returns trigger language plpgsql set search_path = public, pg_temp as $$
    begin
      select left(c.display_name, 64) into new.sort_name from customers c
        where c.dealer_id = new.dealer_id and c.id = new.customer_id;
      return new;
    end $$;
    -- Filled here, so that no writer of terms can forget it.
    create trigger name_search_term before insert on customer_search_terms for each row
      when (new.sort_name is null and left(new.term, 1) <> '~') execute function name_search_term();
  `);
}

async function duplicateTables(knex: Knex): Promise<void> {
  await knex.raw(`
    create table duplicate_candidates (
      dealer_id uuid not null references dealers (id),
      id uuid not null,
      first_id uuid not null,
      second_id uuid not null,
      strength text not null check (strength in ('strong', 'probable', 'possible')),
      reasons text[] not null,
      state text not null default 'open' check (state in ('open', 'dismissed', 'merged', 'resolved')),
      -- How often the question was asked: each time has a task of its own.
      round integer not null default 1,
      found_at timestamptz not null,
      found_by uuid,
      ended_at timestamptz,
      ended_by uuid,
      ended_reason text,
      primary key (dealer_id, id),
      unique (dealer_id, first_id, second_id),
      check (first_id < second_id),
      check ((state = 'open') = (ended_at is null))
    );
    comment on table duplicate_candidates is
      'Pairs of files that may be one customer, each pair once. No foreign keys to customers: they would lock the other file, out of lock order, whenever one of the two is saved.';
    create index duplicates_of_second on duplicate_candidates (dealer_id, second_id);

    create table merges (
      dealer_id uuid not null,
      id uuid not null,
      survivor_id uuid not null,
      absorbed_id uuid not null,
      reason text not null,
      merged_by uuid,
      merged_at timestamptz not null,
      undo_until timestamptz not null,
      version_before integer not null,
      version_after integer not null,
      snapshot jsonb not null,
      undone_by uuid,
      undone_at timestamptz,
      undo_reason text,
      primary key (dealer_id, id),
      foreign key (dealer_id, survivor_id) references customers (dealer_id, id),
      foreign key (dealer_id, absorbed_id) references customers (dealer_id, id)
    );
    comment on table merges is
      'What a person merged into what, and what undoing it puts back (snapshot: ids, states and instants of the absorbed file''s work, no personal data).';
    create unique index one_merge_of_a_file on merges (dealer_id, absorbed_id) where undone_at is null;
    create index merges_of_survivor on merges (dealer_id, survivor_id);
  `);
  for (const table of ['duplicate_candidates', 'merges']) {
    await knex.raw('alter table ?? enable row level security', [table]);
    await knex.raw(
      'create policy own on ?? using (dealer_id = current_dealer()) with check (dealer_id = current_dealer())',
      [table],
    );
  }
  await knex.raw(`
    grant select, insert, update on duplicate_candidates, merges to sicil_app;
    grant update (sort_name) on customer_search_terms to sicil_app;

    -- Dealers that were there before get the new parameter; a new dealer starts with domain/rules/policy.ts.
    insert into policies (dealer_id, key, version, valid_from, value, legal_basis, confidence)
      select id, 'mergeUndoPeriod', '2026.11.1', '2008-04-01', '"P30D"', 'işletme politikası', 'ours' from dealers;
  `);
}

async function searchFunctions(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Condition on customers c that every word of a search finds them. A word is a list of alternatives, matched whole where
    -- they end in =, else by prefix. Values stand in the text as quoted literals, so that each search is planned by how
    -- common its own words are; each alternative is a scan of its own, so that the index alone answers it.
    create function gate.words_condition(dealer uuid, words jsonb) returns text
    language sql immutable set search_path = pg_temp as $$
      select coalesce(string_agg(' and c.id in (' || (
        select string_agg(format(
          'select t.customer_id from public.customer_search_terms t where t.dealer_id = %L and ', dealer) || condition, ' union all ')
        from (
          select format('t.term >= %L and t.term < %L', w, w || chr(1114109)) as condition
            from jsonb_array_elements_text(word) w where w not like '%='
          union all
          select format('t.term = any(%L::text[])', array_agg(rtrim(w, '=')))
            from jsonb_array_elements_text(word) w where w like '%=' having count(*) > 0
        ) alternatives) || ')', ''), '')
      from jsonb_array_elements(words) word
    $$;

    -- Ids of this dealer's customers that every word finds. A search never reads the table: with a small cache a plan that
    -- the planner thinks a little cheaper would take seconds at a million customers. Runs as owner because text operators are not leakproof, so that
    -- row security would switch the index off.
    create or replace function gate.search_customers(words jsonb)
    returns setof uuid language plpgsql security definer set search_path = public, pg_temp
    set jit = off set random_page_cost = 1.1 set enable_seqscan = off stable as $$
    begin
      return query execute format('select c.id from customers c where c.dealer_id = %L', current_dealer())
        || gate.words_condition(current_dealer(), words);
    end $$;

    -- The other filters of the customer list as conditions on c.
    create function gate.filter_condition(filter jsonb) returns text
    language sql immutable set search_path = pg_temp as $$
      select coalesce(string_agg(case key
        when 'missing' then case when value @> '["any"]' then $c$ and c.missing <> '{}'$c$ else format(
          ' and exists (select from unnest(c.missing) m, unnest(%L::text[]) f where m = f or starts_with(m, f || %L) or starts_with(m, f || %L))',
          array(select jsonb_array_elements_text(value)), '.', '[') end
        when 'branch' then format(' and c.branch_id = any(%L::uuid[])', array(select jsonb_array_elements_text(value)))
        else format(' and c.%I = any(%L::text[])', key, array(select jsonb_array_elements_text(value)))
      end, ''), '')
      from jsonb_each(filter) where key in ('type', 'status', 'risk', 'province', 'branch', 'missing')
    $$;

    -- The clear terms that a word finds, each once, in a loose scan of the index; null where they are more than the limit
    -- or the word is a number.
    create function gate.matching_terms(dealer uuid, word jsonb, most integer) returns text[]
    language plpgsql stable set search_path = public, pg_temp as $$
    declare
      prefix text;
      next_term text;
      found text[] := '{}';
    begin
      for prefix in select w from jsonb_array_elements_text(word) w loop
        if prefix like '%=' then return null; end if;
        select t.term into next_term from customer_search_terms t
          where t.dealer_id = dealer and t.sort_name is not null and t.term >= prefix order by t.term limit 1;
        while next_term is not null and starts_with(next_term, prefix) loop
          found := found || next_term;
          if cardinality(found) > most then return null; end if;
          select t.term into next_term from customer_search_terms t
            where t.dealer_id = dealer and t.sort_name is not null and t.term > next_term order by t.term limit 1;
        end loop;
      end loop;
      return found;
    end $$;

    -- One page of this dealer's customers that every word finds, in list order: ids only. A page of one common word in the
    -- order of names is merged from the lists of the terms it finds, each of which is in that order already: what it costs
    -- grows with the names that begin so, not with the customers who bear them. Everything else is left to the planner.
    create function gate.customer_page(
      words jsonb, filter jsonb, sort text, descending boolean, after_key text, after_id uuid, size integer)
    returns setof uuid language plpgsql security definer set search_path = public, pg_temp
    set jit = off set random_page_cost = 1.1 set enable_seqscan = off stable as $$
    declare
      dealer uuid := current_dealer();
      direction text := case when descending then 'desc' else 'asc' end;
      beyond text := case when descending then '<' else '>' end;
      sort_key text := case sort
        when 'displayName' then 'c.display_name collate "tr-x-icu"'
        when 'code' then 'c.code'
        when 'createdAt' then 'c.created_at'
        when 'nextReviewOn' then $c$coalesce(c.next_review_on, 'infinity'::date)$c$ end;
      sort_type text := case sort
        when 'createdAt' then 'timestamptz' when 'nextReviewOn' then 'date' else 'text' end;
      conditions text := gate.filter_condition(filter);
      terms text[];
    begin
      if jsonb_array_length(words) = 1 and sort = 'displayName' and conditions = '' then
        terms := gate.matching_terms(dealer, words -> 0, 2000);
      end if;
      if terms is not null then
        return query execute format(
          'select u.customer_id from (
             select distinct p.sort_name, p.customer_id from unnest($1) found(term) cross join lateral (
               select t.sort_name, t.customer_id from customer_search_terms t
               where t.dealer_id = %L and t.term = found.term and t.sort_name is not null %s
               order by t.sort_name %s, t.customer_id %s limit %s) p) u
           order by u.sort_name %s, u.customer_id %s limit %s',
          dealer,
          case when after_id is null then '' else format('and (t.sort_name, t.customer_id) %s (%L, %L)',
            beyond, left(after_key, 64), after_id) end,
          direction, direction, size, direction, direction, size)
          using terms;
        return;
      end if;
      return query execute format(
        'select c.id from customers c where c.dealer_id = %L %s %s %s order by %s %s, c.id %s limit %s',
        dealer, conditions, gate.words_condition(dealer, words),
        case when after_id is null then '' else format('and (%s, c.id) %s (%L::%s, %L)',
          sort_key, beyond, after_key, sort_type, after_id) end,
        sort_key, direction, direction, size);
    end $$;

    revoke execute on all functions in schema gate from public;
    grant execute on function gate.customer_page to sicil_app;
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
