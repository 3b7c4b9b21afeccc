import { defineErrors } from '../base/index.ts'

/** Refusals of the consent gate, as they stand in the stream of events. */
export const privacyErrors = defineErrors({
  PRIVACY_NO_CONSENT: {
    status: 200,
    meaning: 'The event was not kept because the person has not consented to it.',
    remedy: 'Nothing needs to be done; ask for consent before sending if the event is needed.',
  },
})
