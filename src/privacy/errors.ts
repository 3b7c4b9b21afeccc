import { defineErrors } from '../base/index.ts'

export const privacyErrors = defineErrors({
  PRIVACY_ERASURE_INCOMPLETE: {
    status: 500,
    meaning: 'Not every part of Attune could delete what it holds about a person.',
    remedy: 'Repeat the erasure; parts that are done stay done. The message names the others.',
  },
})
