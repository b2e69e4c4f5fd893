import type { Knex } from 'knex';

/**
 * What a file looked like at any past instant ("O günkü hali"). A row says everything that a screen shows of a customer and
 * that later changes overwrite: standing, dates, what is missing, the open case, which findings and documents. The record
 * itself is not repeated: `version` names it. A deferred trigger writes the row once per transaction, as the last thing
 * before commit and still under the customer's lock, so that no code can forget it and all parts of a row agree.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table customer_states (
      dealer_id uuid not null,
      customer_id uuid not null,
      valid_from timestamptz not null,
      valid_to timestamptz not null default 'infinity',
      code text not null,
      type text not null,
      trigger text not null,
      status text not null,
      risk text,
      branch_id uuid,
      language text not null,
      version integer not null,
      display_name text not null,
      fold_key text not null,
      province text,
      completeness integer not null,
      missing text[] not null,
      next_review_on date,
      review_overdue_since timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      merged_into uuid,
      case_id uuid,
      case_kind text,
      case_stage text,
      case_owner text,
      case_waiting_on text,
      case_since timestamptz,
      case_next_step text,
      case_next_at timestamptz,
      case_due_on timestamptz,
      findings uuid[] not null,
      documents uuid[] not null,
      ended_documents uuid[] not null,
      seen_documents uuid[] not null,
      primary key (dealer_id, customer_id, valid_from),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id)
    );
    comment on table customer_states is
      'Past states of customers, for reads as of an instant; written by trigger only, one row per transaction that changed what a screen shows.';
    -- The list of a past day, in the order of the screen: names are walked, rows of other days skipped.
    create index customer_states_by_name on customer_states (dealer_id, display_name collate "tr-x-icu", customer_id);

    create table customer_version_terms (
      dealer_id uuid not null,
      customer_id uuid not null,
      version integer not null,
      terms text[] not null,
      primary key (dealer_id, customer_id, version),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id)
    );
    comment on table customer_version_terms is
      'What a search found a version of a file by: the live index knows the newest version only.';

    -- What screens show of a customer now; valid_from and valid_to are the caller's.
    create function customer_state_now(dealer uuid, customer uuid) returns customer_states
    language sql stable set search_path = public, pg_temp as $$
      select c.dealer_id, c.id, null::timestamptz, 'infinity'::timestamptz,
        c.code, c.type, c.trigger, c.status, c.risk, c.branch_id, c.language, c.version, c.display_name, c.fold_key,
        c.province, c.completeness, c.missing, c.next_review_on, c.review_overdue_since, c.created_at, c.updated_at, c.merged_into,
        k.id, k.kind, k.stage, k.owner, k.waiting_on, k.since, k.next_step, k.next_at, k.due_on,
        array(select f.id from findings f where f.dealer_id = dealer and f.customer_id = customer
                and f.closed_at is null order by f.id),
        d.current, d.ended, d.seen
      from customers c
      left join cases k on k.dealer_id = dealer and k.customer_id = customer and k.stage <> 'closed'
      cross join lateral (
        select coalesce(array_agg(id order by id) filter (where state = 'current'), '{}') as current,
          coalesce(array_agg(id order by id) filter (where state <> 'current'), '{}') as ended,
          coalesce(array_agg(id order by id) filter (where seen_at is not null), '{}') as seen
        from documents where dealer_id = dealer and customer_id = customer) d
      where c.dealer_id = dealer and c.id = customer
    $$;

    create function keep_customer_state() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
    declare
      customer uuid;
      last customer_states;
      present customer_states;
      of_this_transaction boolean;
    begin
      if tg_relname = 'customers' then customer := new.id; else customer := new.customer_id; end if;
      select s.xmin = pg_current_xact_id()::xid into of_this_transaction from customer_states s
        where s.dealer_id = new.dealer_id and s.customer_id = customer order by s.valid_from desc limit 1;
      -- Deferred triggers fire when nothing more will change: the first one of a transaction has seen it all.
      if of_this_transaction then return null; end if;

      select * into last from customer_states s
        where s.dealer_id = new.dealer_id and s.customer_id = customer order by s.valid_from desc limit 1;
      present := customer_state_now(new.dealer_id, customer);
      if present.dealer_id is null then return null; end if;
      present.valid_from := last.valid_from;
      if present is not distinct from last then return null; end if;

      -- The business's clock at commit: the database's own, moved as far as the Clock of the process is moved. Never back.
      present.valid_from := greatest(
        clock_timestamp() + make_interval(secs => coalesce(nullif(current_setting('sicil.clock_ahead', true), ''), '0')::float8 / 1000),
        last.valid_from + interval '1 microsecond');
      update customer_states set valid_to = present.valid_from
        where dealer_id = new.dealer_id and customer_id = customer and valid_from = last.valid_from;
      insert into customer_states select present.*;
      if last.version is distinct from present.version then
        insert into customer_version_terms
          values (new.dealer_id, customer, present.version,
            array(select term from customer_search_terms t where t.dealer_id = new.dealer_id and t.customer_id = customer))
          on conflict do nothing;
      end if;
      return null;
    end $$;

    -- Files that were there before this history began: their state has been what it is since the last thing that happened.
    insert into customer_states
    select (jsonb_populate_record(s, jsonb_build_object('valid_from', greatest(
      c.updated_at, s.case_since,
      (select max(greatest(f.opened_at, f.closed_at)) from findings f where f.dealer_id = c.dealer_id and f.customer_id = c.id),
      (select max(greatest(d.uploaded_at, d.ended_at, d.seen_at)) from documents d where d.dealer_id = c.dealer_id and d.customer_id = c.id),
      (select max(k.closed_at) from cases k where k.dealer_id = c.dealer_id and k.customer_id = c.id)
    )))).*
    from customers c cross join lateral customer_state_now(c.dealer_id, c.id) s;
    insert into customer_version_terms
    select c.dealer_id, c.id, c.version,
      array(select term from customer_search_terms t where t.dealer_id = c.dealer_id and t.customer_id = c.id)
    from customers c;
  `);
  for (const table of ['customers', 'findings', 'documents', 'cases']) {
    await knex.raw(
      'create constraint trigger keep_state after insert or update on ?? deferrable initially deferred for each row execute function keep_customer_state()',
      [table],
    );
  }
  for (const table of ['customer_states', 'customer_version_terms']) {
    await knex.raw('alter table ?? enable row level security', [table]);
    await knex.raw('create policy own on ?? using (dealer_id = current_dealer())', [table]);
    await knex.raw('grant select on ?? to sicil_app', [table]);
  }
  await knex.raw('revoke execute on function keep_customer_state() from public');
  await knex.raw('revoke execute on function customer_state_now(uuid, uuid) from public');
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
