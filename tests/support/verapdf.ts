import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const VERSION = '1.28.2';

export interface Verdict {
  compliant: boolean;
  /** Clause, test, message and place of each failed check. */
  failures: string[];
}

/**
 * Whether files are PDF/A-2b, by veraPDF; undefined, with the reason said once, where Java or Maven is absent or the
 * validator cannot be fetched. It is fetched once into the user's cache.
 */
export function veraPdf(paths: readonly string[]): Verdict[] | undefined {
  const lib = validator();
  if (lib === undefined) return undefined;
  const program = join(__dirname, 'VeraPdf.java');
  const run = spawnSync('java', ['-cp', join(lib, '*'), program, ...paths], {
    encoding: 'utf8',
    timeout: 180_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.status !== 0) throw new Error(`veraPDF failed: ${run.stderr}`);
  const lines = run.stdout.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Verdict);
}

let found: string | null | undefined;

function validator(): string | undefined {
  if (found === undefined) {
    const missing = ['java', 'mvn'].find((tool) => spawnSync(tool, ['-version']).error !== undefined);
    found = missing === undefined ? fetched() : null;
    if (found === null) {
      process.stderr.write(`PDF/A is not checked: ${missing ?? 'the network'} is not here for veraPDF\n`);
    }
  }
  return found ?? undefined;
}

/** The jars' folder; null when Maven cannot fetch them. A fetch that breaks off leaves nothing under the final name. */
function fetched(): string | null {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sicil');
  const lib = join(cache, `verapdf-${VERSION}`, 'lib');
  if (existsSync(lib) && readdirSync(lib).some((name) => name.startsWith('validation-model'))) return lib;
  const part = join(cache, `verapdf-${VERSION}.${process.pid}`);
  mkdirSync(part, { recursive: true });
  try {
    writeFileSync(join(part, 'pom.xml'), POM);
    const options = ['-q', '-B', '-f', join(part, 'pom.xml'), `-DoutputDirectory=${join(part, 'lib')}`];
    const run = spawnSync('mvn', [...options, 'dependency:copy-dependencies'], { timeout: 120_000 });
    if (run.status !== 0) return null;
    mkdirSync(join(cache, `verapdf-${VERSION}`), { recursive: true });
    rmSync(lib, { recursive: true, force: true });
    renameSync(join(part, 'lib'), lib);
    return lib;
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>sicil</groupId><artifactId>verapdf</artifactId><version>1</version>
<dependencies><dependency>
<groupId>org.verapdf</groupId><artifactId>validation-model</artifactId><version>${VERSION}</version>
</dependency></dependencies></project>`;
