import type { Knex } from 'knex';

/** Cases, findings, duties, tasks, decisions, verifications and notices: the work on a customer's file. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table cases (
      dealer_id uuid not null,
      id uuid not null,
      customer_id uuid not null,
      kind text not null check (kind in ('onboarding', 'follow_up', 'refresh', 'review')),
      stage text not null,
      outcome text,
      owner text not null,
      waiting_on text not null,
      since timestamptz not null,
      next_step text,
      next_at timestamptz,
      opened_at timestamptz not null,
      progress_at timestamptz not null,
      submitted_at timestamptz,
      submitted_by uuid,
      closed_at timestamptz,
      lights jsonb not null default '{}',
      verified_version integer,
      ladder_cycle integer not null default 0,
      ladder_step integer not null default 0,
      ladder_started_at timestamptz,
      due_on timestamptz,
      error_code text,
      closing_reason text,
      primary key (dealer_id, id),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id),
      check ((stage = 'closed') = (closed_at is not null))
    );
    create unique index one_open_case on cases (dealer_id, customer_id) where stage <> 'closed';
    create index cases_by_stage on cases (dealer_id, stage, since, id);

    create table findings (
      dealer_id uuid not null,
      id uuid not null,
      customer_id uuid not null,
      case_id uuid,
      code text not null,
      field text not null,
      severity text not null check (severity in ('blocking', 'warning')),
      requirement_id text not null,
      legal_basis text not null,
      confidence text not null,
      rule_version text not null,
      opened_at timestamptz not null,
      closed_at timestamptz,
      primary key (dealer_id, id),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id)
    );
    create unique index one_open_finding on findings (dealer_id, customer_id, code, field) where closed_at is null;
    create index findings_of_customer on findings (dealer_id, customer_id, opened_at);

    create table duties (
      dealer_id uuid not null,
      id uuid not null,
      customer_id uuid not null,
      case_id uuid,
      kind text not null,
      state text not null default 'due' check (state in ('due', 'done', 'cancelled', 'parked')),
      due_at timestamptz not null,
      signal_after timestamptz not null,
      attempts integer not null default 0,
      created_at timestamptz not null,
      ended_at timestamptz,
      primary key (dealer_id, id),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id),
      foreign key (dealer_id, case_id) references cases (dealer_id, id)
    );
    create unique index one_open_duty on duties
      (dealer_id, customer_id, coalesce(case_id, '00000000-0000-0000-0000-000000000000'), kind)
      where state in ('due', 'parked');
    create index duties_due on duties (signal_after, dealer_id) where state = 'due';

    create table tasks (
      dealer_id uuid not null,
      id uuid not null,
      customer_id uuid,
      case_id uuid,
      kind text not null,
      for_role text not null,
      detail jsonb not null default '{}',
      state text not null default 'open' check (state in ('open', 'done', 'cancelled')),
      opened_at timestamptz not null,
      ended_at timestamptz,
      ended_by uuid,
      result text,
      -- One task per reason: a repeated step finds its own row.
      dedupe text not null,
      primary key (dealer_id, id),
      unique (dealer_id, dedupe),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id),
      foreign key (dealer_id, case_id) references cases (dealer_id, id)
    );
    create index tasks_open on tasks (dealer_id, for_role, opened_at) where state = 'open';

    create table decisions (
      dealer_id uuid not null,
      id uuid not null,
      customer_id uuid not null,
      case_id uuid not null,
      decision text not null check (decision in ('approve', 'reject')),
      reason text not null,
      decided_by uuid not null,
      decided_at timestamptz not null,
      record_version integer not null,
      four_eyes text not null check (four_eyes in ('enforced', 'recorded')),
      primary key (dealer_id, id),
      unique (dealer_id, case_id),
      foreign key (dealer_id, case_id) references cases (dealer_id, id)
    );

    create table verifications (
      dealer_id uuid not null,
      id uuid not null,
      customer_id uuid not null,
      case_id uuid not null,
      record_version integer not null,
      subject text not null,
      method text not null,
      provider text not null,
      simulated boolean not null,
      request_hash bytea not null,
      result text not null check (result in ('match', 'mismatch', 'unavailable', 'off')),
      at timestamptz not null,
      primary key (dealer_id, id),
      unique (dealer_id, case_id, subject, request_hash, record_version),
      foreign key (dealer_id, case_id) references cases (dealer_id, id)
    );

    create table risk_ratings (
      dealer_id uuid not null,
      id uuid not null,
      customer_id uuid not null,
      case_id uuid,
      level text not null,
      score integer not null,
      factors jsonb not null,
      rule_version text not null,
      at timestamptz not null,
      primary key (dealer_id, id),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id)
    );

    create table notices (
      dealer_id uuid not null,
      id uuid not null,
      customer_id uuid not null,
      case_id uuid not null,
      kind text not null,
      step text not null,
      cycle integer not null,
      audience text not null,
      user_id uuid,
      channel text not null,
      language text not null,
      template_version text not null,
      values jsonb not null default '{}',
      address_envelope bytea,
      message_id text not null,
      state text not null default 'queued'
        check (state in ('queued', 'sending', 'sent', 'failed', 'uncertain', 'skipped')),
      skip_reason text,
      attempts integer not null default 0,
      lease_until timestamptz,
      not_before timestamptz not null,
      created_at timestamptz not null,
      ended_at timestamptz,
      primary key (dealer_id, id),
      foreign key (dealer_id, customer_id) references customers (dealer_id, id),
      foreign key (dealer_id, case_id) references cases (dealer_id, id)
    );
    create unique index one_notice_per_step on notices
      (dealer_id, case_id, kind, step, cycle, coalesce(user_id, '00000000-0000-0000-0000-000000000000'));
    create index notices_open on notices (dealer_id, customer_id) where state in ('queued', 'sending', 'uncertain');
    create table notice_attempts (
      dealer_id uuid not null,
      notice_id uuid not null,
      attempt integer not null,
      at timestamptz not null,
      result text not null,
      code text,
      primary key (dealer_id, notice_id, attempt),
      foreign key (dealer_id, notice_id) references notices (dealer_id, id)
    );

    -- Second wall behind the check under the case's lock (design §3.8): who wrote, uploaded, attested or submitted may not decide.
    create function refuse_own_work() returns trigger language plpgsql as $$
    begin
      if new.four_eyes = 'recorded' then return new; end if;
      if exists (select from customer_versions v where v.dealer_id = new.dealer_id and v.customer_id = new.customer_id
                   and v.case_id = new.case_id and v.author_id = new.decided_by)
        or exists (select from documents d where d.dealer_id = new.dealer_id and d.customer_id = new.customer_id
                   and ((d.case_id = new.case_id and (d.uploaded_by = new.decided_by or d.ended_by = new.decided_by))
                     or (d.seen_case_id = new.case_id and d.seen_by = new.decided_by)))
        or exists (select from cases c where c.dealer_id = new.dealer_id and c.id = new.case_id
                   and c.submitted_by = new.decided_by)
      then
        raise exception 'four eyes: the decider worked on this case' using errcode = 'SC002';
      end if;
      return new;
    end $$;
    create trigger four_eyes before insert on decisions for each row execute function refuse_own_work();
  `);
  const tables = [
    'cases',
    'findings',
    'duties',
    'tasks',
    'decisions',
    'verifications',
    'risk_ratings',
    'notices',
    'notice_attempts',
  ];
  for (const table of tables) {
    await knex.raw('alter table ?? enable row level security', [table]);
    await knex.raw(
      'create policy own on ?? using (dealer_id = current_dealer()) with check (dealer_id = current_dealer())',
      [table],
    );
  }
  await knex.raw(`
    grant select, insert, update on cases, findings, duties, tasks, notices to sicil_app;
    grant select, insert on decisions, verifications, risk_ratings, notice_attempts to sicil_app;
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
