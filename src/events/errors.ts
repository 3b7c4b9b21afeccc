import { defineErrors } from '../base/index.ts'

/**
 * What can go wrong with a request body. The first four refuse the body (HTTP 400 or 413); the others
 * are codes of dead letters: the request is answered with 200 and only that message is left out.
 */
export const eventErrors = defineErrors({
  EVENTS_MALFORMED_JSON: {
    status: 400,
    meaning: 'The request body is not a JSON object.',
    remedy: 'Send one JSON object, as the Segment HTTP tracking API describes it.',
  },
  EVENTS_WRONG_ENCODING: {
    status: 400,
    meaning: 'The request body is not valid UTF-8.',
    remedy: 'Encode the body as UTF-8; a byte order mark is allowed.',
  },
  EVENTS_TOO_LARGE: {
    status: 413,
    meaning: 'The request body is too large or holds too many messages.',
    remedy: 'Send at most 8 MiB and 20,000 messages in one request.',
  },
  EVENTS_BAD_ENVELOPE: {
    status: 500,
    meaning: 'A log entry of messages cannot be read.',
    remedy:
      'The entry was written by a newer version or is damaged; run "attune doctor" and keep the log file.',
  },
  EVENTS_TOO_DEEP: {
    status: 400,
    meaning: 'A message is nested too deeply.',
    remedy: 'Nest objects and lists at most 32 levels deep.',
  },
  EVENTS_MESSAGE_TOO_LARGE: {
    status: 413,
    meaning: 'A message, or one text in it, is too large.',
    remedy:
      'Keep a message below 512 KB, one text below 100 KB and the number of values below 50,000.',
  },
  EVENTS_UNKNOWN_TYPE: {
    status: 400,
    meaning: 'A message of a batch has no known type.',
    remedy: 'Set "type" to track, identify, page, screen, group or alias.',
  },
  EVENTS_INVALID_FIELD: {
    status: 400,
    meaning: 'A field of a message has the wrong form.',
    remedy: 'Compare the message with the Segment spec; the reason names the field.',
  },
  EVENTS_INVALID_PROPERTY: {
    status: 400,
    meaning: 'A property of an ecommerce event has an impossible value.',
    remedy: 'Correct the named property; prices and quantities are finite numbers of at least 0.',
  },
  EVENTS_BAD_TIMESTAMP: {
    status: 400,
    meaning: 'The timestamp of a message cannot be read.',
    remedy: 'Send ISO 8601 with a time zone, or milliseconds since 1970; or leave it out.',
  },
  EVENTS_NO_IDENTITY: {
    status: 400,
    meaning: 'A message names nobody.',
    remedy:
      'Send userId, anonymousId, an email trait or context.externalIds; placeholders such as "null" or "guest" do not count.',
  },
})
