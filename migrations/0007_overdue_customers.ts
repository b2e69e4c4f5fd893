import type { Knex } from 'knex';

/** What the reconciler compares with Temporal: customers whose work is late. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function gate.overdue_customers(before timestamptz)
    returns table (dealer_id uuid, customer_id uuid)
    language sql security definer set search_path = public, pg_temp stable as $$
      select d.dealer_id, d.customer_id from duties d
      where d.state = 'due' and d.due_at < before
      group by d.dealer_id, d.customer_id
      order by min(d.due_at) limit 500
    $$;
    revoke execute on function gate.overdue_customers from public;
    grant execute on function gate.overdue_customers to sicil_app;
  `);
}

export async function down(): Promise<void> {
  throw new Error('Migrations go forward only');
}
