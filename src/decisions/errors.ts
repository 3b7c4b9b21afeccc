import { defineErrors } from '../base/index.ts'

export const decisionErrors = defineErrors({
  DECISIONS_INVALID_REQUEST: {
    status: 400,
    meaning: 'The request for a decision is not valid.',
    remedy: 'Correct the field that the message names; the schema is in the API documentation.',
  },
  DECISIONS_UNKNOWN_PLACEMENT: {
    status: 404,
    meaning: 'The request names a placement that does not exist.',
    remedy: 'Use the id that the message suggests, or create the placement first.',
  },
  DECISIONS_INVALID_PLACEMENT: {
    status: 400,
    meaning: 'The placement document is not valid.',
    remedy: 'Correct the field that the message names; the schema is in the API documentation.',
  },
  DECISIONS_INVALID_CONDITION: {
    status: 400,
    meaning: 'A condition of the placement cannot be understood.',
    remedy:
      'Use comparisons such as { "item.price": { "$lt": 50 } } over item, person and context; the message names the place.',
  },
})
