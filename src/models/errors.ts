import { defineErrors } from '../base/index.ts'

export const modelErrors = defineErrors({
  MODELS_BAD_DATA: {
    status: 422,
    meaning:
      'Data given to a model do not fit together, or hold numbers that it cannot learn from.',
    remedy: 'The message names the row and what it may hold.',
  },
  MODELS_BAD_PARAMETER: {
    status: 422,
    meaning: 'A parameter of a model is unknown, has the wrong type or is out of its bounds.',
    remedy:
      'The message names the parameter and what it may be; docs/models/ has a page for each model.',
  },
  MODELS_CORRUPT_STATE: {
    status: 500,
    meaning: 'The saved state of a model does not fit together.',
    remedy: 'Remove the saved state; the model is rebuilt from the event log.',
  },
  MODELS_NONE_FITTED: {
    status: 422,
    meaning: 'No model could be fitted on these data.',
    remedy: 'Look at the reasons that were printed for each; with more data more models fit.',
  },
  MODELS_TOO_LARGE: {
    status: 422,
    meaning: 'A model would need more memory than it may use.',
    remedy: 'Choose a model that needs less: the message says what it would have needed.',
  },
  MODELS_UNKNOWN_METRIC: {
    status: 422,
    meaning: 'There is no measure of this name.',
    remedy: 'Use one of the names in the message, with @ and the length of the list.',
  },
  MODELS_UNKNOWN_MODEL: {
    status: 422,
    meaning: 'There is no model of this name.',
    remedy: 'Use one of the names in the message, or auto; evaluate also takes all.',
  },
})
