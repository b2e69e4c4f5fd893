/**
 * Largest age of the evidence at the moment of use (D-2). The three months of a bill were read in TY m.6/3; every other
 * period is our own choice.
 */
export const DOCUMENT_AGES = {
  address_proof: 'P3M',
  activity_certificate: 'P6M',
  register_extract: 'P6M',
  signature_circular: 'P12M',
  tax_certificate: 'P12M',
  authority_letter: 'P3M',
  board_decision: 'P12M',
  decision_book: 'P12M',
  partnership_agreement: 'P12M',
  funds_proof: 'P12M',
} as const;
