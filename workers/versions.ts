import type { Client } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';

/** All workers of an installation are one deployment; each build of them is a version of it. */
export const DEPLOYMENT = 'sicil';

const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

/**
 * Options that make a worker a version of the deployment, or none where no build is named. Runs move to the current version
 * at their next task; packages are pinned to the version they began with.
 */
export function versionOptions(buildId: string | undefined): Partial<WorkerOptions> {
  if (buildId === undefined) return {};
  return {
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName: DEPLOYMENT, buildId },
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  };
}

/**
 * Makes a build the current version once every queue of the deployment is polled by it: before that, runs would be routed
 * to nobody. A build that came after this one keeps its place, so that a worker of the old build which starts again does
 * not take the work back. Answers whether nothing is left to do.
 */
export async function makeCurrent(client: Client, namespace: string, buildId: string): Promise<boolean> {
  const { workflowService } = client.connection;
  try {
    const { workerDeploymentInfo: info, conflictToken } = await workflowService.describeWorkerDeployment({
      namespace,
      deploymentName: DEPLOYMENT,
    });
    const since = (build: string) => {
      const summary = info?.versionSummaries?.find(
        ({ deploymentVersion }) => deploymentVersion?.buildId === build,
      );
      return summary?.createTime?.seconds?.toNumber();
    };
    const own = since(buildId);
    if (own === undefined) return false;
    const current = info?.routingConfig?.currentDeploymentVersion?.buildId ?? '';
    if (current === buildId || (since(current) ?? 0) > own) return true;
    await workflowService.setWorkerDeploymentCurrentVersion({
      namespace,
      deploymentName: DEPLOYMENT,
      buildId,
      conflictToken: conflictToken ?? new Uint8Array(),
    });
    return true;
  } catch (error) {
    // Nobody of the deployment has polled yet, a queue of it is not polled by this build, or somebody was quicker.
    if (codeOf(error) === NOT_FOUND || codeOf(error) === FAILED_PRECONDITION) return false;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
