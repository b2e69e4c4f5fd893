import { checkMersis, checkTradeRegisterNumber } from '../../domain/company-numbers';
import { checkDocumentNumber } from '../../domain/document-numbers';

describe('numbers of identity documents', () => {
  test.each([
    ['identity_card', 'A12B34567'],
    ['identity_card', 'a12 b34567'],
    ['old_identity_card', 'K09 123456'],
    ['passport', 'U12345678'],
    ['driving_licence', '123'],
    ['residence_permit', 'anything'],
  ] as const)('%s %s is usual', (kind, value) => {
    expect(checkDocumentNumber(kind, value)).toMatchObject({ valid: true, problems: [] });
  });

  test.each([
    ['identity_card', 'A1B234567'],
    ['identity_card', 'A12B3456'],
    ['old_identity_card', '12A345678'],
    ['passport', 'U1234567'],
    ['passport', 'İ12345678'],
  ] as const)('%s %s warns and stays valid', (kind, value) => {
    expect(checkDocumentNumber(kind, value)).toMatchObject({
      valid: true,
      problems: [{ code: 'unusual_pattern' }],
    });
  });

  test('a passport of another country has five to twenty letters and digits', () => {
    expect(checkDocumentNumber('passport', 'C01X00T47', 'DEU').problems).toEqual([]);
    expect(checkDocumentNumber('passport', 'AB12', 'DEU').problems).toEqual([{ code: 'unusual_pattern' }]);
    expect(checkDocumentNumber('passport', 'A'.repeat(21), 'DEU').problems).toEqual([
      { code: 'unusual_pattern' },
    ]);
    expect(checkDocumentNumber('identity_card', 'L01X00T47', 'DEU').problems).toEqual([]);
  });

  test('an empty number is no number', () => {
    expect(checkDocumentNumber('passport', ' - ')).toMatchObject({
      valid: false,
      problems: [{ code: 'empty' }],
    });
  });
});

describe('numbers of firms', () => {
  test('a trade register number holds digits and hyphens', () => {
    expect(checkTradeRegisterNumber('123456-5')).toMatchObject({ valid: true, normalized: '123456-5' });
    expect(checkTradeRegisterNumber(' 98 765 ')).toMatchObject({ valid: true, normalized: '98765' });
    expect(checkTradeRegisterNumber('12/3').problems).toEqual([{ code: 'non_digit' }]);
    expect(checkTradeRegisterNumber('--').problems).toEqual([{ code: 'shape' }]);
    expect(checkTradeRegisterNumber('').problems).toEqual([{ code: 'empty' }]);
  });

  test('a MERSİS number names the tax number inside it', () => {
    expect(checkMersis('0-1234567890-00015', '1234567890')).toEqual({
      kind: 'mersis',
      valid: true,
      normalized: '0123456789000015',
      problems: [],
      fields: { vkn: '1234567890' },
    });
  });

  test('another tax number inside, or another pattern, only warns', () => {
    expect(checkMersis('0123456789000015', '4540536920')).toMatchObject({
      valid: true,
      problems: [{ code: 'vkn_differs' }],
    });
    for (const value of ['1123456789000015', '0123456789100015']) {
      expect(checkMersis(value)).toMatchObject({ valid: true, problems: [{ code: 'unusual_pattern' }] });
    }
  });

  test('a MERSİS number has sixteen digits', () => {
    expect(checkMersis('012345678900001').problems).toEqual([{ code: 'length' }]);
    expect(checkMersis('012345678900001A').problems).toEqual([{ code: 'non_digit' }]);
  });
});
