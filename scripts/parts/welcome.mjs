import { say } from './messages.mjs';

/** The one block a person needs after a start. */
export function welcome({ address, signIns, mailbox, temporalUi, folder, seconds }) {
  const rows = [['Console', address]];
  for (const { email, password, role } of signIns.signIns ?? [])
    rows.push(['Sign in', `${email}   ${password}   (${role})`]);
  if (signIns.adminToken) rows.push(['API token', `${signIns.adminToken}   (admin)`]);
  if (mailbox) rows.push(['Mailbox', `${address}/dev/mailbox`]);
  if (temporalUi) rows.push(['Temporal UI', `http://127.0.0.1:${temporalUi}`]);
  rows.push(['Data', folder], ['Stop', `Ctrl-C here, or: kill ${process.pid}`]);
  const lines = rows.map(
    ([label, value], at) => `  ${(label === rows[at - 1]?.[0] ? '' : label).padEnd(12)} ${value}`,
  );
  say(['', `Sicil is ready (${seconds.toFixed(1)} s)`, '', ...lines, ''].join('\n'));
}
