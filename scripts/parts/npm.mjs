import { spawnSync } from 'node:child_process';

/** Runs npm with the same npm that started this program, if one did. Output is shown only with stdio 'inherit'. */
export function npm(args, options = {}) {
  const script = process.env.npm_execpath;
  const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  return spawnSync(command, [...first, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
}
