import { defineErrors } from '../base/index.ts'

export const trainingErrors = defineErrors({
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
