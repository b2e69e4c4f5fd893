import type { CustomerStatus, RiskLevel, Stage } from '../../domain/customer';
import type { Translate } from '../../locales';
import type { PillModel, Tone } from '../../templates/console-models';

/** States as tone, icon and word. The icons differ in shape, so that they read without colour. */

export function pill(tone: Tone, icon: string, text: string): PillModel {
  return { tone, icon, text };
}

const STATUS: Record<CustomerStatus, [Tone, string]> = {
  lead: ['muted', '○'],
  onboarding: ['info', '◔'],
  active: ['ok', '✓'],
  suspended: ['warn', '‖'],
  passive: ['muted', '◌'],
  rejected: ['bad', '✕'],
  withdrawn: ['muted', '↩'],
  expired: ['warn', '×'],
  closed: ['muted', '■'],
};

export function statusPill(t: Translate, status: CustomerStatus): PillModel {
  return pill(...STATUS[status], t(`console.status.${status}`));
}

const RISK: Record<RiskLevel, [Tone, string]> = {
  low: ['ok', '▁'],
  medium: ['warn', '▄'],
  high: ['bad', '█'],
};

export function riskPill(t: Translate, risk: RiskLevel | null): PillModel {
  if (risk === null) return pill('muted', '–', t('console.risk.none'));
  return pill(...RISK[risk], t(`console.risk.${risk}`));
}

const STAGE: Record<Stage, [Tone, string]> = {
  collecting: ['info', '✎'],
  verifying: ['info', '⚙'],
  waiting_customer: ['warn', '…'],
  screening: ['info', '⚙'],
  rating: ['info', '⚙'],
  decision: ['warn', '⚖'],
  closed: ['muted', '■'],
};

export function stagePill(t: Translate, stage: Stage): PillModel {
  return pill(...STAGE[stage], t(`console.stage.${stage}`));
}

export function severityOf(severity: 'blocking' | 'warning'): { tone: Tone; icon: string } {
  return severity === 'blocking' ? { tone: 'bad', icon: '✕' } : { tone: 'warn', icon: '!' };
}

/** Bytes as people read them: 214 KB, 1,2 MB. */
export function sizeText(bytes: number, language: 'tr' | 'en'): string {
  const locale = language === 'tr' ? 'tr-TR' : 'en-GB';
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toLocaleString(locale, { maximumFractionDigits: 1 })} MB`;
}
