import type { Knex } from 'knex';

/**
 * The audit log: one hash chain per customer and one per dealer for events without a customer. Hashing happens where the
 * head's lock is held, so that no client can append out of order; nobody but the owner can change a row.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table audit_log (
      dealer_id uuid not null references dealers (id),
      chain_id uuid not null,
      seq bigint not null,
      at timestamptz not null,
      actor_kind text not null check (actor_kind in ('user', 'system', 'customer')),
      actor_id uuid,
      event text not null,
      case_id uuid,
      detail jsonb not null,
      previous_hash bytea not null,
      hash bytea not null,
      primary key (dealer_id, chain_id, seq)
    );
    create table chain_heads (
      dealer_id uuid not null references dealers (id),
      chain_id uuid not null,
      seq bigint not null,
      hash bytea not null,
      primary key (dealer_id, chain_id)
    );

    -- What is hashed: every column, each with its length in front, so that no value can lean into its neighbour.
    create function audit_hash(dealer uuid, chain uuid, seq bigint, at timestamptz, actor_kind text, actor_id uuid,
                               event text, case_id uuid, detail jsonb, previous bytea)
    returns bytea language sql immutable as $$
      select sha256(convert_to(string_agg(length(part)::text || ':' || part, ',' order by n), 'UTF8'))
      from unnest(array[
        'sicil-audit-1', dealer::text, chain::text, seq::text,
        to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        actor_kind, coalesce(actor_id::text, ''), event, coalesce(case_id::text, ''), detail::text, encode(previous, 'hex')
      ]) with ordinality as parts(part, n)
    $$;

    create function append_audit(chain uuid, actor_kind text, actor_id uuid, event text, case_id uuid, detail jsonb)
    returns void language plpgsql security definer set search_path = public, pg_temp as $$
    declare
      dealer uuid := current_dealer();
      head chain_heads%rowtype;
      next_seq bigint;
      stamp timestamptz;
      next_hash bytea;
    begin
      insert into chain_heads values (dealer, chain, 0, '\\x'::bytea) on conflict do nothing;
      select * into head from chain_heads h where h.dealer_id = dealer and h.chain_id = chain for update;
      next_seq := head.seq + 1;
      stamp := clock_timestamp();
      next_hash := audit_hash(dealer, chain, next_seq, stamp, actor_kind, actor_id, event, case_id, detail, head.hash);
      insert into audit_log values
        (dealer, chain, next_seq, stamp, actor_kind, actor_id, event, case_id, detail, head.hash, next_hash);
      update chain_heads h set seq = next_seq, hash = next_hash where h.dealer_id = dealer and h.chain_id = chain;
    end $$;
    revoke execute on function append_audit from public;

    -- Appends all entries of a transaction in one round trip, in the order given (chains in id order: the lock order).
    create function gate.append_audits(actor_kind text, actor_id uuid, entries jsonb)
    returns void language plpgsql security definer set search_path = public, pg_temp as $$
    declare entry jsonb;
    begin
      for entry in select e from jsonb_array_elements(entries) with ordinality as list(e, n) order by n loop
        perform append_audit((entry->>'chain')::uuid, actor_kind, actor_id, entry->>'event',
                             (entry->>'caseId')::uuid, entry->'detail');
      end loop;
    end $$;

    -- Every row that breaks its chain, as (dealer, chain, seq, problem); empty when all is well.
    create function gate.audit_problems() returns table (dealer_id uuid, chain_id uuid, seq bigint, problem text)
    language sql security definer set search_path = public, pg_temp stable as $$
      with rows as (
        select l.*, lag(l.hash) over w as before_hash, lag(l.seq) over w as before_seq
        from audit_log l window w as (partition by l.dealer_id, l.chain_id order by l.seq)
      )
      select r.dealer_id, r.chain_id, r.seq, 'changed' from rows r
        where r.hash is distinct from audit_hash(r.dealer_id, r.chain_id, r.seq, r.at, r.actor_kind, r.actor_id,
                                                 r.event, r.case_id, r.detail, r.previous_hash)
      union all
      select r.dealer_id, r.chain_id, r.seq, 'missing_before' from rows r
        where r.seq <> coalesce(r.before_seq, 0) + 1
      union all
      select r.dealer_id, r.chain_id, r.seq, 'broken_link' from rows r
        where r.seq = coalesce(r.before_seq, 0) + 1 and r.previous_hash <> coalesce(r.before_hash, '\\x'::bytea)
      union all
      select h.dealer_id, h.chain_id, h.seq, 'tail_missing' from chain_heads h
        where h.seq <> coalesce((select max(l.seq) from audit_log l
                                 where l.dealer_id = h.dealer_id and l.chain_id = h.chain_id), 0)
           or h.hash <> coalesce((select l.hash from audit_log l where l.dealer_id = h.dealer_id
                                  and l.chain_id = h.chain_id order by l.seq desc limit 1), '\\x'::bytea)
      union all
      select distinct l.dealer_id, l.chain_id, 0::bigint, 'head_missing' from audit_log l
        where not exists (select from chain_heads h where h.dealer_id = l.dealer_id and h.chain_id = l.chain_id)
      union all
      select c.dealer_id, c.id, 0::bigint, 'chain_missing' from customers c
        where not exists (select from audit_log l where l.dealer_id = c.dealer_id and l.chain_id = c.id)
    $$;

    create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception 'the audit log is append-only' using errcode = 'SC003';
    end $$;
    create trigger append_only before update or delete on audit_log for each row execute function refuse_change();
    create trigger append_only_truncate before truncate on audit_log for each statement execute function refuse_change();

    alter table audit_log enable row level security;
    create policy own on audit_log for select using (dealer_id = current_dealer());
    grant select on audit_log to sicil_app;
    alter table chain_heads enable row level security;
    create policy own on chain_heads for select using (dealer_id = current_dealer());
    grant select on chain_heads to sicil_app;
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
