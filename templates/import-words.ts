import type { Translate } from '../locales';

/** What a code about a row means, in words. */
export function importProblemText(t: Translate, code: string): string {
  return wordsOf(t, `import.problem.${code}`) ?? wordsOf(t, `problem.${code}`) ?? t('problem.other');
}

/** Why a whole file was refused, in words. */
export function importRefusalText(t: Translate, code: string): string {
  return wordsOf(t, `import.refusal.${code}`) ?? t('import.refusal.FAILED');
}

/** Codes of fields are open-ended: a newer rule may use one that nobody wrote a text for here. */
function wordsOf(t: Translate, key: string): string | null {
  try {
    return t(key);
  } catch {
    return null;
  }
}
