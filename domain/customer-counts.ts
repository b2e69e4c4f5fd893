import {
  CUSTOMER_STATUSES,
  CUSTOMER_TYPES,
  RISK_LEVELS,
  type CustomerStatus,
  type CustomerType,
  type RiskLevel,
} from './customer';
import { dayInIstanbul, type Day } from './days';

/** What is counted of a customer. */
export interface CountedCustomer {
  type: CustomerType;
  status: CustomerStatus;
  risk: RiskLevel | null;
  /** A whole percentage. */
  completeness: number;
  nextReviewOn: Day | null;
}

/** Customers by what a report tells of them all. A code that nobody has is left out, but for the levels of risk. */
export interface CustomerCounts {
  customers: number;
  /** Mean, rounded down; 0 without customers. */
  completeness: number;
  byType: { type: CustomerType; customers: number; completeness: number }[];
  byStatus: { status: CustomerStatus; customers: number }[];
  byRisk: { risk: RiskLevel | 'none'; customers: number }[];
  /** When reviews fall due, seen from one day. */
  reviews: {
    overdue: number;
    /** The twelve months from that day's own; `month` is YYYY-MM. */
    months: { month: string; customers: number }[];
    later: number;
    undated: number;
  };
}

const MONTHS = 12;
const RISKS = ['none', ...RISK_LEVELS] as const;

/** Counts a customer at a time, so that none of them need be kept. Reviews are seen from the day of `asOf` (ISO instant). */
export function customerCounter(asOf: string) {
  const today = dayInIstanbul(new Date(asOf));
  const months = Array.from({ length: MONTHS }, (_, index) => monthAfter(today, index));
  const types = new Map<CustomerType, { customers: number; completeness: number }>();
  const statuses = new Map<CustomerStatus, number>();
  const risks = new Map<RiskLevel | 'none', number>();
  const reviews = new Map<string, number>();
  let customers = 0;
  let completeness = 0;
  return {
    add(customer: CountedCustomer): void {
      customers += 1;
      completeness += customer.completeness;
      const own = types.get(customer.type) ?? { customers: 0, completeness: 0 };
      types.set(customer.type, {
        customers: own.customers + 1,
        completeness: own.completeness + customer.completeness,
      });
      countOne(statuses, customer.status);
      countOne(risks, customer.risk ?? 'none');
      countOne(reviews, reviewOf(customer.nextReviewOn, today, months));
    },
    counts: (): CustomerCounts => ({
      customers,
      completeness: meanOf(completeness, customers),
      byType: CUSTOMER_TYPES.flatMap((type) => {
        const own = types.get(type);
        if (own === undefined) return [];
        return [{ type, customers: own.customers, completeness: meanOf(own.completeness, own.customers) }];
      }),
      byStatus: CUSTOMER_STATUSES.flatMap((status) => {
        const count = statuses.get(status);
        return count === undefined ? [] : [{ status, customers: count }];
      }),
      byRisk: RISKS.map((risk) => ({ risk, customers: risks.get(risk) ?? 0 })),
      reviews: {
        overdue: reviews.get('overdue') ?? 0,
        months: months.map((month) => ({ month, customers: reviews.get(month) ?? 0 })),
        later: reviews.get('later') ?? 0,
        undated: reviews.get('undated') ?? 0,
      },
    }),
  };
}

function countOne<Code>(counts: Map<Code, number>, code: Code): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}

function meanOf(sum: number, count: number): number {
  return count === 0 ? 0 : Math.floor(sum / count);
}

function reviewOf(day: Day | null, today: Day, months: readonly string[]): string {
  if (day === null) return 'undated';
  if (day < today) return 'overdue';
  const month = day.slice(0, 7);
  return months.includes(month) ? month : 'later';
}

/** YYYY-MM, so many months after a day's. */
function monthAfter(day: Day, months: number): string {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 7);
}
