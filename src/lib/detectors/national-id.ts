import validator from 'validator';
import type { Detector } from './detector.ts';

/** Countries whose numbers have check digits or a form of their own; others are digits like any. */
const identityCards = ['ES', 'FI', 'NO', 'PL', 'IT', 'he-IL', 'zh-TW', 'zh-HK'] as const;
const taxNumbers = ['de-DE', 'fr-FR', 'es-ES', 'pt-BR', 'nl-NL', 'en-GB'] as const;

/** A United States social security number as it is written: three, two and four digits; some are never given out. */
const socialSecurityNumber = /^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/u;

/** A number by which a state knows a person. A check digit alone lets every tenth number through, so the name counts. */
export const nationalId: Detector = {
  finds: 'national identity or tax numbers',
  fieldType: 'tax_id',
  evidence: 'named',
  columnNames:
    /ssn|social_?security|national_?(?:id|number)|identity|passport|tax_?(?:id|code|number)|steuer|nif|dni|nino|cpf|bsn|pesel|personnummer/u,
  detects: (text) =>
    socialSecurityNumber.test(text) ||
    identityCards.some((country) => validator.isIdentityCard(text, country)) ||
    taxNumbers.some((country) => validator.isTaxID(text, country)),
};
