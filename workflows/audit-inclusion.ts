import { setWorkflowOptions } from '@temporalio/workflow';

import type { PackageRef } from '../activities/packages';
import { fairness } from './faults';
import { rendering } from './package-activities';
import { pinnedWhereVersioned } from './versions';

// One portion, one build, as the package it belongs to.
setWorkflowOptions(pinnedWhereVersioned, auditInclusion);

/** One portion of an audit package: its customers' files. */
export async function auditInclusion(ref: PackageRef & { chunk: number }): Promise<void> {
  await rendering.includeCustomers.executeWithOptions({ priority: fairness(ref.dealerId) }, [ref]);
}
