import { PACKAGE_PROFILES, type PackageProfile } from '../../domain/package-manifest';
import { NO_PARTS } from '../../domain/package-parts';
import { LANGUAGES } from '../../locales';
import { summaryCollector } from '../../operations/package-summary';
import { packageWords } from '../../operations/package-words';
import { renderReportVolume, renderSummaryReport, type ReportVolume } from '../../templates/reports';
import {
  fromSources,
  FROZEN,
  ITEM,
  KEPT,
  noVolumes,
  NUMBER,
  numbered,
  ROWS,
  RULES,
  SECTIONS,
  withRules,
} from './sample-frozen';
import { FRAME } from './sample-reports';

/** The summary of so many customers with something in every part, whose parts are kept, and its volumes. */
async function inVolumes(profile: PackageProfile, customers: number, rowsMax: number) {
  const volumes: ReportVolume[] = [];
  const frame = { ...FROZEN, profile, requirements: RULES };
  const report = { ...withRules, profile };
  const keep = async (volume: ReportVolume) => void volumes.push(volume);
  const from = fromSources(KEPT);
  const collector = summaryCollector(frame, report, packageWords('tr'), { keep, rowsMax }, from);
  for (let n = 1; n <= customers; n += 1)
    await collector.add({ ...ITEM, code: `KYM-2026-${String(n).padStart(6, '0')}` });
  return { volumes, report: await collector.report() };
}

/** Rows of one document: more than one of these customers has, and fewer than all. */
const LIMIT = { masak: 20, maliye: 3 };
const IN_VOLUMES = { masak: [3, 4, 5, 7, 8, 9, 10, 11], maliye: [3, 4, 12, 13] };

describe.each(PACKAGE_PROFILES)('in volumes, for %s', (profile) => {
  test('the report keeps all sections, totals and charts, and the volumes have those of customers', async () => {
    const one = await inVolumes(profile, 6, 1_000);
    const several = await inVolumes(profile, 6, LIMIT[profile]);
    expect(one.volumes).toEqual([]);
    expect(several.volumes.length).toBeGreaterThan(1);
    for (const name of ['totals', 'counts', 'completeness'] as const)
      expect(several.report[name]).toEqual(one.report[name]);
    for (const language of LANGUAGES) {
      const html = renderSummaryReport(several.report, language);
      expect(numbered(html)).toEqual(SECTIONS[profile]);
      expect(html).not.toContain('ŞŞŞ');
      for (const volume of several.volumes) {
        const own = renderReportVolume(volume, language);
        expect(numbered(own)).toEqual(IN_VOLUMES[profile]);
        const heads = [...own.matchAll(/<h2 id="s\d+">(.*?)<\/h2>/g)].map(([, head]) => head);
        const contents = [...own.matchAll(/<a href="#s\d+">(.*?)<\/a>/g)].map(([, entry]) => entry);
        expect(contents).toEqual(heads);
        expect(own).not.toContain(NUMBER);
      }
    }
  });

  test('every row of one document is in one of the volumes, under the same heading', async () => {
    const one = await inVolumes(profile, 6, 1_000);
    const { volumes, report } = await inVolumes(profile, 6, LIMIT[profile]);
    const rowsOf = (html: string) =>
      html
        .split('<h2 ')
        .flatMap((section) =>
          [...section.matchAll(/<tr><td.*?<\/tr>/g)].map(
            ([row]) => `${/^id="(s\d+)"/.exec(section)?.[1]} ${row}`,
          ),
        );
    const whole = rowsOf(renderSummaryReport(one.report, 'tr'));
    const kept = rowsOf(renderSummaryReport(report, 'tr'));
    const moved = whole.filter((row) => !kept.includes(row));
    expect(moved.length).toBeGreaterThan(6);
    expect(volumes.flatMap((volume) => rowsOf(renderReportVolume(volume, 'tr'))).sort()).toEqual(
      moved.sort(),
    );
    expect(moved.length).toBe(volumes.reduce((sum, { volume }) => sum + volume.rows, 0));
  });
});

test('very many who were left out are told by reason, with their codes as ranges', async () => {
  const outside = Array.from({ length: 400 }, (_, n) => `KYM-2026-${String(n + 1).padStart(6, '0')}`);
  const report = await summaryCollector(
    { ...FROZEN, outside },
    FRAME,
    packageWords('tr'),
    noVolumes,
  ).report();
  const html = renderSummaryReport(report, 'tr');
  expect(html).toContain('400 müşteri: Dosya dönemin dışında kalıyor');
  expect(html).toContain('KYM-2026-000001 – KYM-2026-000400 (400)');
});

test('groups of linked transactions beyond what a report can bear are counted, and said to be in the workbook', async () => {
  async function* many() {
    for (let n = 0; n < 503; n += 1) yield { ...ROWS.linkedGroups, number: `GRP-${n}` };
  }
  const parts = { ...NO_PARTS, linkedGroups: { kept: true as const, rows: many } };
  const collector = summaryCollector(FROZEN, FRAME, packageWords('tr'), noVolumes, fromSources(parts));
  const html = renderSummaryReport(await collector.report(), 'tr');
  expect(html).toContain('GRP-499');
  expect(html).not.toContain('GRP-500');
  expect(html).toContain('3 satır daha vardır; tamamı veri.xlsx dosyasındadır.');
});
