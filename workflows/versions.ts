import { workflowInfo } from '@temporalio/workflow';

/**
 * Keeps a run with the build that began it, where builds are told apart. A server refuses the word from a worker that has
 * no version (embedded, development), and the run would never take its first step.
 */
export function pinnedWhereVersioned(): { versioningBehavior?: 'PINNED' } {
  const { currentDeploymentVersion: version } = workflowInfo();
  const isVersioned = version !== undefined && version.deploymentName !== '';
  return isVersioned ? { versioningBehavior: 'PINNED' } : {};
}
