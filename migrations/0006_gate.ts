import type { Knex } from 'knex';

/**
 * The closed list of what must cross dealers: sign-in, session, token, claiming due work, doctor. Everything here runs with
 * the owner's rights and returns ids (a password hash where a password has to be checked), never a record.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function gate.find_sign_in(sign_in_email text)
    returns table (user_id uuid, dealer_id uuid, password_hash text)
    language sql security definer set search_path = public, pg_temp stable as $$
      select u.id, m.dealer_id, u.password_hash
      from users u join memberships m on m.user_id = u.id
      where lower(u.email) = lower(sign_in_email) and u.disabled_at is null
      order by m.created_at
    $$;

    create function gate.find_session(hash bytea, seen_after timestamptz, created_after timestamptz)
    returns table (user_id uuid, dealer_id uuid, role text, also_manager boolean, seen_at timestamptz)
    language sql security definer set search_path = public, pg_temp stable as $$
      select s.user_id, s.dealer_id, m.role, m.also_manager, s.seen_at
      from sessions s join users u on u.id = s.user_id
      join memberships m on m.dealer_id = s.dealer_id and m.user_id = s.user_id
      where s.token_hash = hash and s.seen_at > seen_after and s.created_at > created_after and u.disabled_at is null
    $$;

    create function gate.find_api_token(hash bytea)
    returns table (user_id uuid, dealer_id uuid, role text, also_manager boolean)
    language sql security definer set search_path = public, pg_temp stable as $$
      select t.user_id, t.dealer_id, m.role, m.also_manager
      from api_tokens t join users u on u.id = t.user_id
      join memberships m on m.dealer_id = t.dealer_id and m.user_id = t.user_id
      where t.token_hash = hash and t.revoked_at is null and u.disabled_at is null
    $$;

    -- A new person. The e-mail is unique over the whole installation; null says that it is taken.
    create function gate.add_user(new_id uuid, new_email text, new_name text, new_password_hash text, at timestamptz)
    returns uuid language plpgsql security definer set search_path = public, pg_temp as $$
    begin
      insert into users (id, email, name, password_hash, created_at)
      values (new_id, new_email, new_name, new_password_hash, at) on conflict do nothing;
      if not found then return null; end if;
      return new_id;
    end $$;

    -- Moves signal_after on for due duties, a fair share a dealer, and says whose workflow to wake.
    create function gate.claim_duties(at timestamptz, per_dealer integer)
    returns table (dealer_id uuid, customer_id uuid, duty_id uuid, attempts integer)
    language sql security definer set search_path = public, pg_temp as $$
      with claimed as (
        select d.dealer_id, d.id from dealers l cross join lateral (
          select d.dealer_id, d.id from duties d
          where d.dealer_id = l.id and d.state = 'due' and d.due_at <= at and d.signal_after <= at
          order by d.signal_after limit per_dealer
          for update skip locked
        ) d
      )
      update duties d set
        attempts = d.attempts + 1,
        signal_after = at + least(interval '1 hour', interval '1 minute' * power(2, least(d.attempts, 6)))
      from claimed c where d.dealer_id = c.dealer_id and d.id = c.id
      returning d.dealer_id, d.customer_id, d.id, d.attempts
    $$;

    create function gate.claim_packages(at timestamptz)
    returns table (dealer_id uuid, package_id uuid, attempts integer)
    language sql security definer set search_path = public, pg_temp as $$
      with claimed as (
        select p.dealer_id, p.id from audit_packages p
        where (p.status = 'rendering' or p.phase = 'discarding') and p.signal_after <= at
        order by p.signal_after limit 20 for update skip locked
      )
      -- Only what is being made can fail; removing what is left of a package is tried for as long as it takes.
      update audit_packages p set
        attempts = case when p.status = 'rendering' then p.attempts + 1 else 0 end,
        signal_after = at + interval '5 minutes'
      from claimed c where p.dealer_id = c.dealer_id and p.id = c.id
      returning p.dealer_id, p.id, p.attempts
    $$;

    -- Invariants that hold at any instant (design §3.9): what breaks one is listed, nothing is repaired here.
    create function gate.doctor(at timestamptz)
    returns table (problem text, dealer_id uuid, subject_id uuid)
    language sql security definer set search_path = public, pg_temp stable as $$
      select 'case_without_duty', c.dealer_id, c.id from cases c
        where c.stage <> 'closed' and not exists (
          select from duties d where d.dealer_id = c.dealer_id and d.case_id = c.id and d.state in ('due', 'parked'))
      union all
      select 'duty_parked', d.dealer_id, d.id from duties d where d.state = 'parked'
      union all
      select 'duty_overdue', d.dealer_id, d.id from duties d
        where d.state = 'due' and d.due_at < at - interval '10 minutes' and d.signal_after < at - interval '10 minutes'
      union all
      select 'duty_of_closed_case', d.dealer_id, d.id from duties d
        join cases c on c.dealer_id = d.dealer_id and c.id = d.case_id
        where c.stage = 'closed' and d.state in ('due', 'parked') and d.kind <> 'notice'
      union all
      select 'onboarding_without_case', c.dealer_id, c.id from customers c
        where c.status = 'onboarding' and not exists (
          select from cases k where k.dealer_id = c.dealer_id and k.customer_id = c.id and k.stage <> 'closed')
      union all
      select 'refresh_without_duty', c.dealer_id, c.id from customers c
        where c.status = 'active' and c.trigger = 'continuous' and not exists (
          select from duties d where d.dealer_id = c.dealer_id and d.customer_id = c.id
            and d.state in ('due', 'parked') and d.kind in ('refresh_notice', 'refresh_due'))
          and not exists (
          select from cases k where k.dealer_id = c.dealer_id and k.customer_id = c.id
            and k.kind = 'refresh' and k.stage <> 'closed')
      union all
      select 'notice_without_duty', n.dealer_id, n.id from notices n
        where n.state in ('queued', 'sending') and not exists (
          select from duties d where d.dealer_id = n.dealer_id and d.customer_id = n.customer_id
            and d.state in ('due', 'parked') and d.kind in ('notice', 'step', 'follow_up_step', 'refresh_notice', 'refresh_due'))
      union all
      select 'package_stuck', p.dealer_id, p.id from audit_packages p
        where p.status = 'rendering' and p.attempts >= 10
    $$;

    create function gate.dealer_ids() returns table (id uuid)
    language sql security definer set search_path = public, pg_temp stable as $$ select id from dealers order by id $$;

    -- Ids of this dealer's customers: each word is a list of alternatives, each found by prefix; every word must be found.
    -- Runs as owner because text operators are not leakproof, so that row security would switch the index off.
    create function gate.search_customers(words jsonb)
    returns setof uuid language plpgsql security definer set search_path = public, pg_temp stable as $$
    declare
      dealer uuid := current_dealer();
      word jsonb;
      found uuid[];
      next_found uuid[];
    begin
      for word in select w from jsonb_array_elements(words) w loop
        select array_agg(distinct t.customer_id) into next_found
          from jsonb_array_elements_text(word) prefix
          join customer_search_terms t on t.dealer_id = dealer
            and t.term >= prefix collate "C" and t.term < (prefix || chr(1114109)) collate "C"
          where found is null or t.customer_id = any(found);
        found := coalesce(next_found, '{}');
        exit when cardinality(found) = 0;
      end loop;
      return query select unnest(found);
    end $$;

    revoke execute on all functions in schema gate from public;
    grant execute on all functions in schema gate to sicil_app;
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
