import type { Tx } from '../../db/transaction';
import { FIX_WINDOW_DAYS_MAX } from '../../domain/audit-package';
import { CUSTOMER_STATUSES, CUSTOMER_TYPES, RISK_LEVELS } from '../../domain/customer';
import { parseDay } from '../../domain/days';
import type { FieldError } from '../../domain/errors';
import { PROVINCES } from '../../domain/provinces';
import type { CustomerFilter } from '../../operations/customer-list';
import { idsByCode } from '../../operations/package-preview';
import type { PackageRequest } from '../../operations/package-request';
import { dayText, textIn, type FormValues } from './form';
import { refuse } from './refusals';

const NAMED_MAX = 200;
const CUSTOMERS_MAX = 1000;
const UUID = /^[0-9a-f-]{36}$/;

/** What the form asks for. Throws INVALID_INPUT that names the fields which are wrong, all of them at once. */
export async function packageRequestIn(tx: Tx, values: FormValues): Promise<PackageRequest> {
  const problems: FieldError[] = [];
  const period = { from: dayText(textIn(values, 'from')), to: dayText(textIn(values, 'to')) };
  for (const name of ['from', 'to'] as const) {
    if (parseDay(period[name]) === null) problems.push({ pointer: `/period/${name}`, code: 'not_a_day' });
  }
  const request: PackageRequest = {
    profile: textIn(values, 'profile') === 'maliye' ? 'maliye' : 'masak',
    period,
    language: textIn(values, 'language') === 'en' ? 'en' : 'tr',
    filter: filterIn(values),
    ...sampleIn(values, problems),
    ...fixWindowIn(values, problems),
    ...(textIn(values, 'note').trim() === '' ? {} : { note: textIn(values, 'note').slice(0, 500) }),
    ...(UUID.test(textIn(values, 'supersedes')) ? { supersedes: textIn(values, 'supersedes') } : {}),
    ...(await namesIn(tx, values, problems)),
  };
  if (problems.length > 0) refuse(problems);
  return request;
}

function sampleIn(values: FormValues, problems: FieldError[]): Pick<PackageRequest, 'sample'> {
  const [size, seed] = [textIn(values, 'sampleSize').trim(), textIn(values, 'sampleSeed').trim()];
  if (size === '' && seed === '') return {};
  const wanted = /^[1-9]\d{0,5}$/.test(size) ? Number(size) : 0;
  if (wanted === 0) problems.push({ pointer: '/sampleSize', code: 'not_a_count' });
  if (seed === '') problems.push({ pointer: '/sampleSeed', code: 'required' });
  return { sample: { size: wanted, seed: seed.slice(0, 100) } };
}

function fixWindowIn(values: FormValues, problems: FieldError[]): Pick<PackageRequest, 'fixWindowDays'> {
  const days = textIn(values, 'fixWindowDays').trim();
  if (days === '') return {};
  const number = /^\d{1,2}$/.test(days) ? Number(days) : FIX_WINDOW_DAYS_MAX + 1;
  if (number > FIX_WINDOW_DAYS_MAX)
    problems.push({ pointer: '/fixWindowDays', code: 'not_a_number_of_days' });
  return { fixWindowDays: number };
}

/** A line a customer: the code, and behind it the reason for who is put in or left out. */
async function namesIn(
  tx: Tx,
  values: FormValues,
  problems: FieldError[],
): Promise<Pick<PackageRequest, 'customers' | 'include' | 'exclude'>> {
  const lines = (name: string, max: number) => {
    const found = textIn(values, name)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => ({
        code: line.split(/[\s;:,]/, 1)[0] ?? '',
        rest: line.replace(/^[^\s;:,]+[\s;:,]*/, ''),
      }));
    if (found.length > max) problems.push({ pointer: `/${name}`, code: 'too_long' });
    return found.slice(0, max);
  };
  const lists = {
    customers: lines('customers', CUSTOMERS_MAX),
    include: lines('include', NAMED_MAX),
    exclude: lines('exclude', NAMED_MAX),
  };
  const codes = Object.values(lists).flatMap((list) => list.map(({ code }) => code));
  const ids = await idsByCode(tx, [...new Set(codes)]);
  for (const [name, list] of Object.entries(lists)) {
    if (list.some(({ code }) => !ids.has(code)))
      problems.push({ pointer: `/${name}`, code: 'unknown_customer' });
    else if (name !== 'customers' && list.some(({ rest }) => rest === ''))
      problems.push({ pointer: `/${name}`, code: 'reason_required' });
  }
  const withReasons = (list: { code: string; rest: string }[]) =>
    list.map(({ code, rest }) => ({ customerId: ids.get(code) ?? '', reason: rest.slice(0, 500) }));
  return {
    ...(lists.customers.length === 0
      ? {}
      : { customers: lists.customers.map(({ code }) => ids.get(code) ?? '') }),
    ...(lists.include.length === 0 ? {} : { include: withReasons(lists.include) }),
    ...(lists.exclude.length === 0 ? {} : { exclude: withReasons(lists.exclude) }),
  };
}

function filterIn(values: FormValues): CustomerFilter {
  const one = <Code extends string>(name: string, codes: readonly Code[]) => {
    const code = codes.find((candidate) => candidate === values.get(name));
    return code === undefined ? undefined : [code];
  };
  const [type, status, risk] = [
    one('type', CUSTOMER_TYPES),
    one('status', CUSTOMER_STATUSES),
    one('risk', RISK_LEVELS),
  ];
  const province = one(
    'province',
    PROVINCES.map(({ name }) => name),
  );
  const branch = textIn(values, 'branch');
  const missing = textIn(values, 'missing') === 'any';
  const q = textIn(values, 'q').trim().slice(0, 200);
  return {
    ...(q === '' ? {} : { q }),
    ...(type === undefined ? {} : { type }),
    ...(status === undefined ? {} : { status }),
    ...(risk === undefined ? {} : { risk }),
    ...(missing ? { missing: ['any'] } : {}),
    ...(province === undefined ? {} : { province }),
    ...(UUID.test(branch) ? { branch: [branch] } : {}),
  };
}
