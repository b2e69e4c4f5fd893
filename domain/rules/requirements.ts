import type { Requirement } from '../requirements';
import { BODY_REQUIREMENTS } from './requirements-bodies';
import { COMMON_REQUIREMENTS } from './requirements-common';
import { COMPANY_REQUIREMENTS } from './requirements-companies';
import { PEOPLE_REQUIREMENTS } from './requirements-people';

export { RULE_VERSION } from './requirement-row';

/** Every seeded requirement: customer type × trigger → field or document. A dealer's database holds a dated copy. */
export const REQUIREMENTS: readonly Requirement[] = [
  ...PEOPLE_REQUIREMENTS,
  ...COMPANY_REQUIREMENTS,
  ...BODY_REQUIREMENTS,
  ...COMMON_REQUIREMENTS,
];
