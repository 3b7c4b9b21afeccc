export {
  type ConsentGate,
  consentGate,
  type ConsentSubject,
  type ConsentVerdict,
  type Purpose,
  PURPOSES,
} from './consent.ts'
export type { PersonalData } from './personalData.ts'
