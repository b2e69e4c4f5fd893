import type { CellKind, Column } from '../domain/workbook';

/** Characters that what stands under a heading takes, as a rule; other columns have the width of their kind. */
const WIDTHS: Record<string, number> = {
  ad: 40,
  ad_soyad: 26,
  adres: 34,
  alan: 30,
  asama: 16,
  asli_goruldu: 12,
  açıklama: 80,
  belge: 24,
  belge_no: 18,
  belge_turu: 26,
  dayanak: 30,
  deger: 70,
  değer: 80,
  dosya_adi: 46,
  durum: 12,
  eksik: 44,
  eksikler: 44,
  eposta: 26,
  faktorler: 50,
  gerekce: 40,
  gereklilik: 12,
  goren: 20,
  guven: 10,
  il: 12,
  ilce: 14,
  istek_ozeti: 36,
  kanit: 44,
  kimlik_no: 13,
  kns: 6,
  meslek_faaliyet: 22,
  musteri_kodu: 17,
  nesne: 44,
  onceki_ozet: 36,
  onem: 10,
  personel: 16,
  risk: 8,
  sebep: 44,
  seviye: 10,
  sha256: 66,
  soyad: 16,
  surum: 14,
  sütun: 44,
  tckn_vkn_ykn: 13,
  telefon: 18,
  tip: 20,
  unvan_ad: 28,
  uyruk: 8,
  yeni_ozet: 36,
  zincir: 44,
};

/** Where sentences, lists and digests beside others stand: they go on below, so that a printed page holds them whole. */
const FOLDED = new Set([
  'adres',
  'açıklama',
  'deger',
  'değer',
  'eksik',
  'eksikler',
  'faktorler',
  'gerekce',
  'istek_ozeti',
  'onceki_ozet',
  'sebep',
  'tip',
  'unvan_ad',
  'yeni_ozet',
  'zincir',
]);

/** A column of the workbook as wide as what is written in it. */
export function laidOut({ heading, kind }: { heading: string; kind: CellKind }): Column {
  const width = WIDTHS[heading];
  return {
    heading,
    kind,
    ...(width === undefined ? {} : { width }),
    ...(FOLDED.has(heading) ? { folded: true } : {}),
  };
}
