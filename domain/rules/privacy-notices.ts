/** A version of the text that tells people what is done with their data (KVKK m.10; Tebliğ m.5/1-f,g [read S5]). */
export interface PrivacyNotice {
  /** Also the name of its texts: `form.privacyText.<version>.…`. */
  version: string;
  /** YYYY-MM-DD. */
  validFrom: string;
}

/**
 * Every version that was ever shipped, oldest first. One that was shown is never reworded: a change is a new version, and
 * forms go on naming the one that their customer saw.
 */
export const PRIVACY_NOTICES: readonly PrivacyNotice[] = [{ version: '2026-11', validFrom: '2026-01-01' }];

/** Parts of a notice in their order, as the law lists what it must say; each is one text. */
export const PRIVACY_PARTS = [
  'controller',
  'purposes',
  'method',
  'recipients',
  'retention',
  'rights',
] as const;

/** The notice in force on a day. Throws RangeError for a day before the first one. */
export function privacyNoticeOn(day: string): PrivacyNotice {
  const notice = PRIVACY_NOTICES.findLast(({ validFrom }) => validFrom <= day);
  if (notice === undefined) throw new RangeError('No privacy notice was in force');
  return notice;
}
