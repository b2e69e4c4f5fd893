import { NO_TABLES } from '../operations/package-parts';
import type { CustomerFile } from '../templates/reports';

export const AS_OF = '2026-11-22T09:00:00.000Z';
const OPENED = '2026-10-01T08:00:00Z';

const EVENTS = [
  'Kayıt açıldı',
  'Belge yüklendi: kimlik kartı',
  'Aslı görüldü: kimlik kartı',
  'Belge yüklendi: imza örneği',
  'Belge yüklendi: adres teyidi',
  'Eksik kapandı: telefon',
  'Dosya gönderildi',
  'Aşama: doğrulama',
  'Doğrulama sonucu yazıldı',
  'Aşama: risk',
  'Risk derecesi: düşük',
  'Aşama: karar',
  'Karar: onay',
  'Durum: aktif',
];

/** The file of somebody who does not exist, as long as a year of an ordinary customer makes it. */
export function sampleFile(number: number): CustomerFile {
  const code = `KYM-2026-${String(number + 1).padStart(6, '0')}`;
  const name = `Çiğdem Şükran Örnekoğlu ${number}`;
  return {
    frame: {
      packageNo: 'DP-2026-0001',
      profile: 'masak',
      dealer: {
        title: 'Ölçüm Kuyumculuk İç ve Dış Ticaret Ltd. Şti.',
        vkn: '9900000012',
        licenceNumber: '34-0000',
      },
      period: { from: '2026-01-01', to: '2026-12-31' },
      asOf: AS_OF,
      ruleSet: '2026.11.1',
      paymentEvidenceKurus: 3_000_000,
      snapshotSha256: '9f2c'.repeat(16),
      keyFingerprint: Array.from({ length: 16 }, () => 'ab12').join(' '),
    },
    card: {
      code,
      displayName: name,
      type: 'natural_person_tr',
      trigger: 'continuous',
      status: 'active',
      risk: 'low',
      completeness: 100,
      recordVersion: 3,
      openedAt: OPENED,
      activatedOn: '2026-10-02',
      nextReviewOn: '2027-10-02',
      branch: 'Kapalıçarşı',
    },
    identity: [
      { label: 'Adı', value: 'Çiğdem Şükran' },
      { label: 'Soyadı', value: `Örnekoğlu ${number}` },
      { label: 'T.C. kimlik no', value: '880******14' },
      { label: 'Doğum tarihi', value: '17.05.1990' },
      { label: 'Adres', value: 'Kalpakçılar Cad. Örnek Han No: 12/4, Fatih, İstanbul' },
      { label: 'Telefon', value: '+90 530 000 11 22' },
      { label: 'E-posta', value: null },
      { label: 'Meslek', value: 'Öğretmen' },
    ],
    lights: [
      {
        label: 'T.C. kimlik no',
        format: 'green',
        checksum: 'green',
        register: 'grey',
        simulated: true,
        checkedAt: OPENED,
      },
    ],
    documents: (['identity_card', 'signature_sample', 'address_proof'] as const).map((kind, index) => ({
      kind,
      number: null,
      issuedOn: '2026-09-01',
      expiresOn: null,
      originalSeen: { by: 'Ayşe Yılmaz', at: OPENED },
      path: `belgeler/${code}/${kind}-${index + 1}.pdf`,
      sha256: 'c0ffee'.repeat(10) + 'c0ff',
      bytes: 123_456 + number,
      state: 'current',
    })),
    forms: [],
    formOnPaper: false,
    shownNotices: [],
    permissions: [],
    pictures: [],
    onOwnAccount: 'evet',
    onBehalf: null,
    parts: NO_TABLES,
    ratings: [],
    merges: [],
    statement: null,
    late: null,
    representatives: [],
    beneficialOwners: [],
    ownership: null,
    verifications: [
      { method: 'Kütük sorgusu', source: 'benzetim', result: 'doğru', simulated: true, at: OPENED, by: null },
    ].map((line) => ({ customerCode: code, ...line })),
    findings: ['telefon', 'meslek'].map((field) => ({
      customerCode: code,
      field,
      severity: 'blocking',
      message: `Eksik: ${field}`,
      legalBasis: 'Tedbirler Yönetmeliği m.6/1',
      openedAt: OPENED,
      closedAt: '2026-10-01T15:00:00Z',
    })),
    decisions: [
      {
        decision: 'approve',
        reason: 'Belgeler tam, çelişki yok',
        by: 'Mehmet Öz',
        at: '2026-10-02T09:00:00Z',
        recordVersion: 3,
        risk: 'low',
        policyVersion: '2026.11.1',
      },
    ],
    episodes: [
      {
        kind: 'Müşteri kabulü',
        plannedOn: null,
        openedAt: OPENED,
        closedAt: '2026-10-02T09:00:00Z',
        outcome: 'onay',
      },
    ],
    notices: [],
    history: EVENTS.map((event) => ({ at: OPENED, actor: 'Ayşe Yılmaz', event, detail: null })),
  };
}
