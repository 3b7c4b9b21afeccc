import { defineErrors } from '../base/index.ts'

/** Errors of identity, profiles and features. */
export const profilesErrors = defineErrors({
  PROFILES_NOT_PREFETCHED: {
    status: 500,
    meaning: 'An event was applied before the identifiers it carries were loaded.',
    remedy:
      'Await prefetch with the identifiers of the events before applying them; report this as a defect.',
  },
  PROFILES_FEATURE_CLASH: {
    status: 500,
    meaning: 'Two declared features use the same name, or the same state id for different states.',
    remedy: 'Give every feature its own name and every state its own id.',
  },
  PROFILES_BAD_ROW: {
    status: 500,
    meaning: 'A stored profile has a format that this version cannot read.',
    remedy: 'Rebuild the profiles from the log, or start the version that wrote them.',
  },
  PROFILES_NOT_MERGED: {
    status: 409,
    meaning: 'The two identifiers do not belong to one person, so there is nothing to take apart.',
    remedy: 'Name two identifiers that the profile shows together.',
  },
  PROFILES_HISTORY_TRIMMED: {
    status: 409,
    meaning: 'The log no longer has all events of this person, so the profile cannot be rebuilt.',
    remedy: 'Keep the log longer than the oldest profile that may have to be taken apart.',
  },
})
