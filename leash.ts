const DEADLINE_MS = 20_000;

let leashed = false;

/**
 * Ends this process when the one that started it is gone, however it went: the supervisor holds an IPC channel, and a
 * closed channel counts as SIGTERM, so that the ordinary orderly stop runs. Does nothing without SICIL_LEASH=1.
 */
export function exitWithParent(): void {
  if (leashed || process.env['SICIL_LEASH'] !== '1') return;
  leashed = true;
  const stop = (): void => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), DEADLINE_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  };
  if (!process.connected) {
    stop(); // the parent died before this line ran
    return;
  }
  process.once('disconnect', stop);
  // Watching must not keep a process alive that has finished its work.
  process.channel?.unref();
}
