import { parentOf } from './processes.mjs';

/**
 * Calls back once when whoever started this program is gone without a signal: a closed IPC channel (the older Node that
 * re-executed us was killed), or npm was killed, which hands no signal on.
 */
export function onParentGone(react) {
  let told = false;
  const tell = () => {
    if (!told) react();
    told = true;
  };
  if (process.env.SICIL_LEASH === '1' && process.channel) {
    process.once('disconnect', tell);
    process.channel.unref();
    delete process.env.SICIL_LEASH; // it is ours; children get leashes of their own
  }
  // Started by hand, a shell may end and leave us running on purpose; npm never does.
  if (process.env.npm_lifecycle_event === undefined) return;
  const ancestors = ancestry();
  setInterval(() => {
    if (ancestry() !== ancestors) tell();
  }, 500).unref();
}

/** Our parent and its parent: npm runs scripts through a shell, which outlives a killed npm. */
function ancestry() {
  return `${process.ppid} ${parentOf(process.ppid)}`;
}
