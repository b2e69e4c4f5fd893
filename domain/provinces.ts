import { foldKey } from './names';

/** A province of Türkiye; the code is the plate code, '01' to '81'. */
export interface Province {
  code: string;
  name: string;
}

/** The 81 provinces (D-10; plate codes D-3.8), in the order of their plate codes. */
const NAMES = [
  'Adana',
  'Adıyaman',
  'Afyonkarahisar',
  'Ağrı',
  'Amasya',
  'Ankara',
  'Antalya',
  'Artvin',
  'Aydın',
  'Balıkesir',
  'Bilecik',
  'Bingöl',
  'Bitlis',
  'Bolu',
  'Burdur',
  'Bursa',
  'Çanakkale',
  'Çankırı',
  'Çorum',
  'Denizli',
  'Diyarbakır',
  'Edirne',
  'Elazığ',
  'Erzincan',
  'Erzurum',
  'Eskişehir',
  'Gaziantep',
  'Giresun',
  'Gümüşhane',
  'Hakkari',
  'Hatay',
  'Isparta',
  'Mersin',
  'İstanbul',
  'İzmir',
  'Kars',
  'Kastamonu',
  'Kayseri',
  'Kırklareli',
  'Kırşehir',
  'Kocaeli',
  'Konya',
  'Kütahya',
  'Malatya',
  'Manisa',
  'Kahramanmaraş',
  'Mardin',
  'Muğla',
  'Muş',
  'Nevşehir',
  'Niğde',
  'Ordu',
  'Rize',
  'Sakarya',
  'Samsun',
  'Siirt',
  'Sinop',
  'Sivas',
  'Tekirdağ',
  'Tokat',
  'Trabzon',
  'Tunceli',
  'Şanlıurfa',
  'Uşak',
  'Van',
  'Yozgat',
  'Zonguldak',
  'Aksaray',
  'Bayburt',
  'Karaman',
  'Kırıkkale',
  'Batman',
  'Şırnak',
  'Bartın',
  'Ardahan',
  'Iğdır',
  'Yalova',
  'Karabük',
  'Kilis',
  'Osmaniye',
  'Düzce',
] as const;

export const PROVINCES: readonly Province[] = NAMES.map((name, index) => ({
  code: String(index + 1).padStart(2, '0'),
  name,
}));

const byKey = new Map(PROVINCES.map((province) => [foldKey(province.name), province]));

/** The province of this name, compared folded (`ISTANBUL`, `istanbul` and `İstanbul` are one), or undefined. */
export function provinceNamed(name: string): Province | undefined {
  return byKey.get(foldKey(name));
}

/** Whether a text names one of the 81 provinces, compared folded (design §8). */
export function isProvince(name: string): boolean {
  return provinceNamed(name) !== undefined;
}

/** The province's own spelling where one is named; what was typed otherwise. Lists are filtered by it. */
export function provinceSpelling(typed: string): string {
  return provinceNamed(typed)?.name ?? typed;
}
