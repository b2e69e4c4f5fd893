import type { Tx } from '../db/transaction';

/** A folder of a package, or a file at its top. */
export interface TreeEntry {
  name: string;
  files: number;
  bytes: number;
}

/**
 * What lies in a package, folder by folder and file by file at the top. What was made of a customer whose file failed does
 * not count: it comes in whole or not at all.
 */
export async function packageTree(tx: Tx, id: string): Promise<TreeEntry[]> {
  const { rows } = await tx.sql.raw<{ rows: TreeEntry[] }>(
    `select case when path like '%/%' then split_part(path, '/', 1) || '/' else path end as name,
       count(*)::int as files, sum(bytes)::bigint as bytes
     from audit_package_files
     where dealer_id = ? and package_id = ? and not (path like '%/%' and split_part(split_part(path, '/', 2), '.', 1) in (
       select code from audit_package_items
       where dealer_id = ? and package_id = ? and rendered_at is null
         and (error_code is not null or left_out_envelope is not null)))
     group by name
     order by name`,
    [tx.dealerId, id, tx.dealerId, id],
  );
  return rows;
}
