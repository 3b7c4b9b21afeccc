import { defineErrors } from '../base/index.ts'

export const modelErrors = defineErrors({
  MODELS_CORRUPT_STATE: {
    status: 500,
    meaning: 'The saved state of a model does not fit together.',
    remedy: 'Remove the saved state; the model is rebuilt from the event log.',
  },
})
