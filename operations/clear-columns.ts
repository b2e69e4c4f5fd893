import { displayName, foldKey } from '../domain/names';
import { provinceSpelling } from '../domain/provinces';
import { valueAt } from '../domain/record-path';

/** What of a record stands in clear beside its envelope, so that lists can sort and filter by it. */
export function clearColumns(record: Record<string, unknown>): {
  displayName: string;
  foldKey: string;
  province: string | null;
} {
  const name = displayName(record);
  return { displayName: name, foldKey: foldKey(name), province: provinceOf(record) };
}

/** The province that the list filters by: its own spelling where one is named, what was typed otherwise. */
function provinceOf(record: unknown): string | null {
  const province = valueAt(record, 'address.province');
  return typeof province === 'string' && province !== '' ? provinceSpelling(province) : null;
}
