/** Where an import stands. `checked` waits for a person's word; the last three are ends. */
export const IMPORT_STATUSES = ['checking', 'checked', 'committing', 'done', 'failed', 'cancelled'] as const;
export type ImportStatus = (typeof IMPORT_STATUSES)[number];

/** What the workflow of an import does next. */
export type ImportStep = { do: 'check' } | { do: 'commit' } | { do: 'forget' } | { do: 'rest' };

/** Rows of a file that become customers in one transaction. */
export const IMPORT_BATCH_ROWS = 250;
