import { defineErrors } from '../base/index.ts'

export const trainingErrors = defineErrors({
  TRAINING_EMPTY_DATA: {
    status: 422,
    meaning: 'The training part of the data set holds no events.',
    remedy: 'Check that the tables were exported completely.',
  },
  TRAINING_NO_TEST_PART: {
    status: 422,
    meaning: 'The data set has no test part that could be measured.',
    remedy:
      'Use a data set of the protocol ranking, sampled-leave-one-out, next-item, session, next-basket or transactions.',
  },
  TRAINING_NO_TEST_PEOPLE: {
    status: 422,
    meaning: 'The test part asks about nobody, so there is nothing to take a mean of.',
    remedy: 'Check the test table, and that its people have items that can be right.',
  },
  TRAINING_NO_MODEL: {
    status: 422,
    meaning: 'No model could be fitted on these data.',
    remedy: 'The lines above say why each one was passed over.',
  },
  TRAINING_TEST_OPENED: {
    status: 500,
    meaning: 'The test part was already opened.',
    remedy:
      'Read the data set anew for another measurement; nothing may be chosen by its test part.',
  },
  TRAINING_BUSY: {
    status: 409,
    meaning: 'A training of this workspace is under way.',
    remedy: 'Wait for its end; `attune models` shows how far it is.',
  },
  TRAINING_STOPPED: {
    status: 500,
    meaning: 'The training ended before a model was fitted; what was served is served on.',
    remedy:
      'The message says why. Give it more time (trainTimeLimitMs) or memory (trainMemoryBytes), or fewer models.',
  },
  TRAINING_UNKNOWN_VERSION: {
    status: 404,
    meaning: 'There is no model of this version.',
    remedy: '`attune models` lists the versions that are kept.',
  },
  TRAINING_CORRUPT_VERSION: {
    status: 409,
    meaning: 'The file of a model is damaged, so it cannot be served.',
    remedy: 'Promote another version, or train a new one.',
  },
  TRAINING_PROMOTION_RACED: {
    status: 409,
    meaning: 'Another model was promoted in the meantime, so this one was not.',
    remedy: 'Look at `attune models` and promote again if it is still wanted.',
  },
  TRAINING_NOTHING_BEFORE: {
    status: 409,
    meaning: 'There is no earlier state to roll back to.',
    remedy: '`attune models` lists the versions; promote one of them by name.',
  },
  TRAINING_CORRUPT_SNAPSHOT: {
    status: 500,
    meaning: 'The snapshot of the live models cannot be read.',
    remedy:
      'Delete the snapshot; the live models are rebuilt from the event log at the next start.',
  },
  TRAINING_CORRUPT_JOURNAL: {
    status: 500,
    meaning: 'An entry of the journal of the live models cannot be read.',
    remedy:
      'Delete snapshot and journal; the live models are rebuilt from the event log at the next start.',
  },
})
