export {
  type ConsentGate,
  consentGate,
  type ConsentSubject,
  type ConsentVerdict,
  type Purpose,
} from './consent.ts'
export {
  erasePerson,
  exportPerson,
  type PersonalData,
  type PersonalDataHolders,
} from './personalData.ts'
