import type { PartRows } from '../domain/package-parts';
import type { CellKind, CellValue, Row, Rows, Sheet } from '../domain/workbook';
import type { Translate } from '../locales';
import { laidOut } from './column-layout';
import { PART_COLUMNS } from './part-columns';
import type { ReportFrame } from './reports';
import type {
  BeneficialOwnerRow,
  ChangeRow,
  CompletenessSheetRow,
  CustomerRow,
  DocumentRow,
  FindingRow,
  ParameterRow,
  RefreshRow,
  RepresentativeRow,
  RiskRow,
  VerificationRow,
} from './workbook-rows';

/** Everything the workbook shows. Rows may come as they are read: no sheet is held in memory. */
export interface WorkbookModel {
  frame: ReportFrame;
  /** How the customers came into the package, for the cover. */
  scope: { name: string; value: string }[];
  customers: Rows<CustomerRow>;
  documents: Rows<DocumentRow>;
  representatives: Rows<RepresentativeRow>;
  beneficialOwners: Rows<BeneficialOwnerRow>;
  findings: Rows<FindingRow>;
  verifications: Rows<VerificationRow>;
  risks: Rows<RiskRow>;
  refreshes: Rows<RefreshRow>;
  changes: Rows<ChangeRow>;
  parameters: Rows<ParameterRow>;
  /** Null for snapshots that hold no statement. */
  completeness: Rows<CompletenessSheetRow> | null;
  /** Records that may not be kept: their sheets are left out then. */
  parts: { [Name in SheetPart]: Rows<PartRows[Name]> | null };
}

/** Parts that have a sheet of their own in D-7.2. */
export type SheetPart = 'transactions' | 'linkedGroups' | 'payments' | 'screenings';

interface ColumnOf<Item> {
  heading: string;
  kind: CellKind;
  masakOnly?: true;
  of: (row: Item, t: Translate) => CellValue;
}

interface SheetOf<Item> {
  name: string;
  masakOnly?: boolean;
  /** Null where no such records are kept. */
  rows: (model: WorkbookModel) => Rows<Item> | null;
  columns: readonly ColumnOf<Item>[];
}

/** A sheet with its rows' type folded in, so that sheets of different rows stand in one list. */
interface PlannedSheet {
  name: string;
  masakOnly: boolean;
  fill: (model: WorkbookModel, t: Translate) => Sheet | null;
}

export const CUSTOMERS: SheetOf<CustomerRow> = {
  name: '01_Musteriler',
  rows: (model) => model.customers,
  columns: [
    { heading: 'musteri_kodu', kind: 'text', of: (row) => row.code },
    { heading: 'tip', kind: 'text', of: (row, t) => t(`report.type.${row.type}`) },
    { heading: 'unvan_ad', kind: 'text', of: (row) => row.titleOrGivenNames },
    { heading: 'soyad', kind: 'text', of: (row) => row.surname },
    { heading: 'tckn_vkn_ykn', kind: 'text', of: (row) => row.identityNumber },
    { heading: 'dogum_tarihi', kind: 'day', of: (row) => row.birthDate },
    { heading: 'uyruk', kind: 'text', of: (row) => row.nationality },
    { heading: 'meslek_faaliyet', kind: 'text', of: (row) => row.occupation },
    { heading: 'il', kind: 'text', of: (row) => row.province },
    { heading: 'ilce', kind: 'text', of: (row) => row.district },
    { heading: 'adres', kind: 'text', of: (row) => row.address },
    { heading: 'telefon', kind: 'text', of: (row) => row.phone },
    { heading: 'eposta', kind: 'text', of: (row) => row.email },
    { heading: 'durum', kind: 'text', of: (row, t) => t(`report.status.${row.status}`) },
    { heading: 'tetik', kind: 'text', of: (row, t) => t(`report.trigger.${row.trigger}`) },
    {
      heading: 'risk',
      kind: 'text',
      masakOnly: true,
      of: (row, t) => t(`report.risk.${row.risk ?? 'none'}`),
    },
    { heading: 'kns', kind: 'text', masakOnly: true, of: (row) => row.publicInfluence },
    { heading: 'kayit_tarihi', kind: 'day', of: (row) => row.registeredOn },
    { heading: 'son_islem', kind: 'instant', of: (row) => row.lastTransactionAt },
    { heading: 'sonraki_guncelleme', kind: 'day', of: (row) => row.nextReviewOn },
    { heading: 'eksiksizlik', kind: 'percent', of: (row) => row.completeness },
    { heading: 'eksikler', kind: 'text', of: (row) => row.missing },
  ],
};

/** Sheets and columns of D-7.2, by name and in order, and the statement of completeness behind them. */
export const SHEETS: PlannedSheet[] = [
  sheetOf(CUSTOMERS),
  sheetOf<DocumentRow>({
    name: '02_Belgeler',
    rows: (model) => model.documents,
    columns: [
      { heading: 'musteri_kodu', kind: 'text', of: (row) => row.customerCode },
      { heading: 'belge_turu', kind: 'text', of: (row, t) => t(`report.document.${row.kind}`) },
      { heading: 'belge_no', kind: 'text', of: (row) => row.number },
      { heading: 'duzenlenme', kind: 'day', of: (row) => row.issuedOn },
      { heading: 'gecerlilik', kind: 'day', of: (row) => row.expiresOn },
      {
        heading: 'asli_goruldu',
        kind: 'text',
        of: (row, t) => t(row.seenAt === null ? 'workbook.no' : 'workbook.yes'),
      },
      { heading: 'goren', kind: 'text', of: (row) => row.seenBy },
      { heading: 'gorulme_zamani', kind: 'instant', of: (row) => row.seenAt },
      {
        heading: 'dosya_adi',
        kind: 'text',
        of: ({ path, state }, t) => (state === 'current' ? path : `(${t(`report.documentState.${state}`)})`),
      },
      { heading: 'sha256', kind: 'text', of: (row) => row.sha256 },
    ],
  }),
  sheetOf<RepresentativeRow>({
    name: '03_Temsilciler',
    rows: (model) => model.representatives,
    columns: [
      { heading: 'musteri_kodu', kind: 'text', of: (row) => row.customerCode },
      { heading: 'ad_soyad', kind: 'text', of: (row) => row.name },
      { heading: 'kimlik_no', kind: 'text', of: (row) => row.identityNumber },
      { heading: 'sifat', kind: 'text', of: (row) => row.capacity },
      { heading: 'dayanak', kind: 'text', of: (row) => row.basis },
      { heading: 'baslangic', kind: 'day', of: (row) => row.fromOn },
      { heading: 'bitis', kind: 'day', of: (row) => row.untilOn },
      { heading: 'imza_sekli', kind: 'text', of: (row) => row.signing },
    ],
  }),
  sheetOf<BeneficialOwnerRow>({
    name: '04_GercekFaydalanici',
    masakOnly: true,
    rows: (model) => model.beneficialOwners,
    columns: [
      { heading: 'musteri_kodu', kind: 'text', of: (row) => row.customerCode },
      { heading: 'ad_soyad', kind: 'text', of: (row) => row.name },
      { heading: 'kimlik_no', kind: 'text', of: (row) => row.identityNumber },
      { heading: 'uyruk', kind: 'text', of: (row) => row.nationality },
      { heading: 'yontem', kind: 'text', of: (row) => row.method },
      { heading: 'pay_yuzde', kind: 'number', of: (row) => row.sharePercent },
      { heading: 'zincir', kind: 'text', of: (row) => row.chain },
      { heading: 'belge', kind: 'text', of: (row) => row.document },
      { heading: 'tarih', kind: 'day', of: (row) => row.on },
    ],
  }),
  sheetOf({
    name: '05_Islemler',
    rows: (model) => model.parts.transactions,
    columns: PART_COLUMNS.transactions,
  }),
  sheetOf({
    name: '06_BaglantiliGruplar',
    masakOnly: true,
    rows: (model) => model.parts.linkedGroups,
    columns: PART_COLUMNS.linkedGroups,
  }),
  sheetOf({
    name: '07_Odemeler',
    rows: (model) => model.parts.payments,
    columns: PART_COLUMNS.payments,
  }),
  sheetOf<FindingRow>({
    name: '08_Eksikler',
    rows: (model) => model.findings,
    columns: [
      { heading: 'musteri_kodu', kind: 'text', of: (row) => row.customerCode },
      { heading: 'alan', kind: 'text', of: (row) => row.field },
      { heading: 'dayanak', kind: 'text', of: (row) => row.legalBasis },
      { heading: 'ilk_tespit', kind: 'instant', of: (row) => row.openedAt },
      { heading: 'son_hatirlatma', kind: 'instant', of: (row) => row.lastReminderAt },
      { heading: 'asama', kind: 'text', of: (row) => row.step },
      { heading: 'kapanis', kind: 'instant', of: (row) => row.closedAt },
    ],
  }),
  sheetOf<VerificationRow>({
    name: '09_Dogrulamalar',
    masakOnly: true,
    rows: (model) => model.verifications,
    columns: [
      { heading: 'musteri_kodu', kind: 'text', of: (row) => row.customerCode },
      { heading: 'yontem', kind: 'text', of: (row) => row.method },
      { heading: 'kaynak', kind: 'text', of: (row) => row.source },
      { heading: 'istek_ozeti', kind: 'text', of: (row) => row.requestDigest },
      {
        heading: 'sonuc',
        kind: 'text',
        of: (row, t) => (row.simulated ? `${row.result} (${t('report.simulated')})` : row.result),
      },
      { heading: 'zaman', kind: 'instant', of: (row) => row.at },
      { heading: 'personel', kind: 'text', of: (row) => row.by },
    ],
  }),
  sheetOf<RiskRow>({
    name: '10_Risk',
    masakOnly: true,
    rows: (model) => model.risks,
    columns: [
      { heading: 'musteri_kodu', kind: 'text', of: (row) => row.customerCode },
      { heading: 'puan', kind: 'number', of: (row) => row.points },
      { heading: 'seviye', kind: 'text', of: (row, t) => t(`report.risk.${row.level}`) },
      { heading: 'faktorler', kind: 'text', of: (row) => row.factors },
      { heading: 'surum', kind: 'text', of: (row) => row.version },
      { heading: 'onaylayan', kind: 'text', of: (row) => row.approvedBy },
      { heading: 'tarih', kind: 'day', of: (row) => row.on },
    ],
  }),
  sheetOf<RefreshRow>({
    name: '11_Guncellemeler',
    masakOnly: true,
    rows: (model) => model.refreshes,
    columns: [
      { heading: 'musteri_kodu', kind: 'text', of: (row) => row.customerCode },
      { heading: 'tur', kind: 'text', of: (row) => row.kind },
      { heading: 'planlanan', kind: 'day', of: (row) => row.plannedOn },
      { heading: 'tamamlanan', kind: 'instant', of: (row) => row.completedAt },
      { heading: 'sonuc', kind: 'text', of: (row) => row.outcome },
    ],
  }),
  sheetOf({
    name: '12_Taramalar',
    masakOnly: true,
    rows: (model) => model.parts.screenings,
    columns: PART_COLUMNS.screenings,
  }),
  sheetOf<ChangeRow>({
    name: '13_DegisiklikIzi',
    rows: (model) => model.changes,
    columns: [
      { heading: 'zaman', kind: 'instant', of: (row) => row.at },
      { heading: 'personel', kind: 'text', of: (row) => row.actor },
      { heading: 'nesne', kind: 'text', of: (row) => row.subject },
      { heading: 'alan', kind: 'text', of: (row) => row.field },
      { heading: 'onceki_ozet', kind: 'text', of: (row) => row.beforeDigest },
      { heading: 'yeni_ozet', kind: 'text', of: (row) => row.afterDigest },
      { heading: 'sebep', kind: 'text', of: (row) => row.reason },
    ],
  }),
  sheetOf<ParameterRow>({
    name: '14_Parametreler',
    rows: (model) => model.parameters,
    columns: [
      { heading: 'ad', kind: 'text', of: (row) => row.name },
      { heading: 'deger', kind: 'text', of: (row) => row.value },
      { heading: 'gecerlilik_bas', kind: 'day', of: (row) => row.validFrom },
      { heading: 'gecerlilik_bit', kind: 'day', of: (row) => row.validTo },
      { heading: 'dayanak', kind: 'text', of: (row) => row.basis },
    ],
  }),
  sheetOf<CompletenessSheetRow>({
    name: '15_Eksiksizlik',
    rows: (model) => model.completeness,
    columns: [
      { heading: 'musteri_kodu', kind: 'text', of: (row) => row.customerCode },
      { heading: 'gereklilik', kind: 'text', of: (row) => row.requirement },
      { heading: 'gereklilik_adedi', kind: 'number', of: (row) => row.count },
      { heading: 'alan', kind: 'text', of: (row) => row.field },
      { heading: 'onem', kind: 'text', of: (row) => row.severity },
      { heading: 'dayanak', kind: 'text', of: (row) => row.legalBasis },
      { heading: 'guven', kind: 'text', of: (row) => row.confidence },
      { heading: 'gereklilik_durumu', kind: 'text', of: (row, t) => t(`parts.state.${row.state}`) },
      { heading: 'kanit', kind: 'text', of: (row) => row.evidence },
      { heading: 'kanit_tarihi', kind: 'day', of: (row) => row.evidenceOn },
      { heading: 'eksik', kind: 'text', of: (row) => row.problems },
      { heading: 'sonradan_tamamlanan', kind: 'day', of: (row) => row.completedOn },
    ],
  }),
];

function sheetOf<Item>({ name, masakOnly, rows, columns }: SheetOf<Item>): PlannedSheet {
  return {
    name,
    masakOnly: masakOnly ?? false,
    fill: (model, t) => {
      const kept = rows(model);
      if (kept === null) return null;
      const shown = columns.filter((column) => model.frame.profile === 'masak' || column.masakOnly !== true);
      return {
        name,
        columns: shown.map(laidOut),
        rows: mapRows(kept, (row) => shown.map((column) => column.of(row, t))),
      };
    },
  };
}

export async function* mapRows<Item>(rows: Rows<Item>, map: (row: Item) => Row): AsyncGenerator<Row> {
  for await (const row of rows) yield map(row);
}
