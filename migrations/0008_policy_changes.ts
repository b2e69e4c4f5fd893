import type { Knex } from 'knex';

/**
 * Rules that people change. A row of `policies` or `requirements` is never overwritten: it says from when to when its value
 * holds (valid) and from when to when we believed so (known), so that "in force on day D, as known at instant T" has one
 * answer. `policy_changes` is the way to a new row, `policy_change_moves` what a change did to whom, for undoing it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table policies
      add column row_id uuid not null default gen_random_uuid(),
      add column known_from timestamptz not null default now(),
      add column known_to timestamptz,
      add column change_id uuid,
      add column change_number integer not null default 0,
      -- Bounds that the law sets to the value, with their source: data, like the value itself.
      add column floor jsonb not null default '[]';
    update policies p set known_from = d.created_at from dealers d where d.id = p.dealer_id;
    alter table policies drop constraint policies_pkey, add primary key (dealer_id, row_id);
    create unique index policies_known on policies (dealer_id, key, valid_from) where known_to is null;

    alter table requirements
      add column row_id uuid not null default gen_random_uuid(),
      add column known_from timestamptz not null default now(),
      add column known_to timestamptz,
      add column change_id uuid,
      add column change_number integer not null default 0;
    update requirements r set known_from = d.created_at from dealers d where d.id = r.dealer_id;
    alter table requirements drop constraint requirements_pkey, add primary key (dealer_id, row_id);
    create unique index requirements_known on requirements (dealer_id, id, valid_from) where known_to is null;

    -- A process keeps the rules it has read for as long as the stamp stays the same. Random and not counted: the stamp of a
    -- transaction that was rolled back never comes again.
    alter table dealers add column rules_stamp uuid not null default gen_random_uuid();
    create function stamp_rules() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
    begin
      update dealers set rules_stamp = gen_random_uuid() where id in (select dealer_id from changed);
      return null;
    end $$;
    revoke execute on function stamp_rules from public;

    create table policy_changes (
      dealer_id uuid not null references dealers (id),
      id uuid not null,
      -- What is changed: a policy by key, a requirement by id, or the seeded rules by their version.
      target text not null check (target in ('policy', 'requirement', 'seed')),
      key text not null,
      old_value jsonb,
      new_value jsonb,
      valid_from date not null,
      reason text not null,
      state text not null
        check (state in ('proposed', 'scheduled', 'applying', 'applied', 'rejected', 'withdrawn', 'undone')),
      number integer,
      proposed_by uuid,
      -- Everybody whose hand is in the proposal: the person, and who made the token that spoke for them.
      proposed_hands uuid[] not null default '{}',
      proposed_at timestamptz not null,
      decided_by uuid,
      decided_at timestamptz,
      decision_reason text,
      four_eyes text check (four_eyes in ('enforced', 'recorded')),
      undoes uuid,
      done integer not null default 0,
      total integer not null default 0,
      cursor uuid,
      applied_at timestamptz,
      -- Set while the machine has work or waits for a day: the sweep wakes the workflow then.
      signal_after timestamptz,
      attempts integer not null default 0,
      error_code text,
      primary key (dealer_id, id),
      unique (dealer_id, number),
      foreign key (dealer_id, undoes) references policy_changes (dealer_id, id),
      check ((state in ('scheduled', 'applying')) = (signal_after is not null)),
      check (state in ('proposed', 'rejected', 'withdrawn') or number is not null)
    );
    -- Two open proposals for one value would each be previewed against a value that the other is about to replace.
    create unique index one_open_proposal on policy_changes (dealer_id, target, key) where state = 'proposed';
    create index policy_changes_waiting on policy_changes (signal_after) where signal_after is not null;

    -- What a change did to whom: dates, instants of duties, rung or number of findings, before and after.
    create table policy_change_moves (
      dealer_id uuid not null,
      change_id uuid not null,
      customer_id uuid not null,
      what text not null,
      case_id uuid,
      duty text,
      old_on date,
      new_on date,
      old_at timestamptz,
      new_at timestamptz,
      old_due_at timestamptz,
      new_due_at timestamptz,
      old_number integer,
      new_number integer,
      primary key (dealer_id, change_id, customer_id, what),
      foreign key (dealer_id, change_id) references policy_changes (dealer_id, id),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id)
    );

    -- Second wall behind the check under the change's lock: nobody approves what they proposed.
    create function refuse_own_proposal() returns trigger language plpgsql as $$
    begin
      if new.four_eyes = 'enforced' and new.decided_by = any (new.proposed_hands) then
        raise exception 'four eyes: the decider proposed this change' using errcode = 'SC002';
      end if;
      return new;
    end $$;
    create trigger four_eyes before update on policy_changes for each row execute function refuse_own_proposal();

    -- The instant a review counts from, and the one at which the last rung was climbed: due dates are functions of stored facts.
    alter table customers add column review_from timestamptz;
    update customers c set review_from = case
      when c.last_full_review_on is null then c.activated_at
      else (c.last_full_review_on + coalesce(
        (select (d.due_at at time zone 'Europe/Istanbul')::time from duties d
          where d.dealer_id = c.dealer_id and d.customer_id = c.id and d.kind = 'refresh_notice'
            and d.case_id is null and d.state in ('due', 'parked')), time '12:00')) at time zone 'Europe/Istanbul' end
      where c.next_review_on is not null;
    alter table cases add column ladder_step_at timestamptz;
    -- Which version of the policy a decision was taken under.
    alter table decisions add column policy_version text;

    create function gate.claim_policy_changes(at timestamptz)
    returns table (dealer_id uuid, change_id uuid, attempts integer)
    language sql security definer set search_path = public, pg_temp as $$
      with claimed as (
        select p.dealer_id, p.id from policy_changes p
        where p.signal_after <= at order by p.signal_after limit 50 for update skip locked
      )
      update policy_changes p set
        attempts = p.attempts + 1,
        signal_after = at + least(interval '1 hour', interval '5 minutes' * power(2, least(p.attempts, 4)))
      from claimed c where p.dealer_id = c.dealer_id and p.id = c.id
      returning p.dealer_id, p.id, p.attempts
    $$;
    revoke execute on function gate.claim_policy_changes from public;
    grant execute on function gate.claim_policy_changes to sicil_app;
  `);
  for (const table of ['policies', 'requirements']) {
    for (const event of ['insert', 'update']) {
      await knex.raw(
        `create trigger stamp_${event} after ${event} on ?? referencing new table as changed
         for each statement execute function stamp_rules()`,
        [table],
      );
    }
  }
  for (const table of ['policy_changes', 'policy_change_moves']) {
    await knex.raw('alter table ?? enable row level security', [table]);
    await knex.raw(
      'create policy own on ?? using (dealer_id = current_dealer()) with check (dealer_id = current_dealer())',
      [table],
    );
  }
  await knex.raw(`
    grant select, insert, update on policy_changes to sicil_app;
    grant select, insert on policy_change_moves to sicil_app;
    -- What was believed stays: all that the application may change is until when.
    revoke update on policies, requirements from sicil_app;
    grant update (known_to) on policies, requirements to sicil_app;
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
