import { defineErrors } from '../base/index.ts'

export const serverErrors = defineErrors({
  SERVER_UNAUTHORIZED: {
    status: 401,
    meaning: 'The request carries no key that this server knows.',
    remedy:
      'Send a write or secret key as basic auth user name, as bearer token, or (events only) as writeKey in the body or query.',
  },
  SERVER_WRONG_HOST: {
    status: 400,
    meaning: 'The Host header of the request is not a host name.',
    remedy: 'Send the name under which the server is reached, or set publicUrl.',
  },
  SERVER_FORBIDDEN: {
    status: 403,
    meaning: 'The key is a write key, which may only send events.',
    remedy: 'Use the secret key of the workspace, and never from a page.',
  },
  SERVER_NOT_FOUND: {
    status: 404,
    meaning: 'There is nothing at this path.',
    remedy: 'Look at /docs for the paths of the API.',
  },
  SERVER_BAD_REQUEST: {
    status: 400,
    meaning: 'A part of the request does not have the form that the API asks for.',
    remedy: 'Correct the field that the message names; /docs shows the form of each request.',
  },
  SERVER_MALFORMED_JSON: {
    status: 400,
    meaning: 'The body is not JSON.',
    remedy: 'Send a JSON document in UTF-8.',
  },
  SERVER_WRONG_ENCODING: {
    status: 400,
    meaning: 'The body does not match its Content-Encoding, or is not UTF-8.',
    remedy:
      'Compress with gzip, deflate, br or zstd and say so in Content-Encoding, or send it plain.',
  },
  SERVER_TOO_LARGE: {
    status: 413,
    meaning: 'The body is larger than the server accepts, before or after decompression.',
    remedy: 'Send smaller batches, or raise maxBodyBytes.',
  },
  SERVER_RATE_LIMITED: {
    status: 429,
    meaning: 'The key has used up its requests for this second.',
    remedy: 'Send again after the time in Retry-After, or raise keyRequestsPerSecond.',
  },
  SERVER_OVERLOADED: {
    status: 429,
    meaning: 'The bodies that are arriving fill the memory set aside for them.',
    remedy: 'Send again after the time in Retry-After; nothing of this request was kept.',
  },
  SERVER_LAGGING: {
    status: 429,
    meaning: 'Profiles are further behind the event log than allowed.',
    remedy: 'Send again after the time in Retry-After; nothing of this request was kept.',
  },
  SERVER_NO_SESSION: {
    status: 401,
    meaning: 'This server gives no session without a key.',
    remedy: 'Give the secret key of the workspace; only a demo on this machine opens without one.',
  },
  SERVER_FOREIGN_HOST: {
    status: 403,
    meaning: 'The request names a host that is not this machine.',
    remedy: 'Open the demo under the address that `attune start` printed.',
  },
  SERVER_NO_DEMO: {
    status: 404,
    meaning: 'This workspace has no simulated demo.',
    remedy: 'Start with `attune start --demo`.',
  },
  SERVER_UNKNOWN_PROFILE: {
    status: 404,
    meaning: 'Nobody is known under this identifier.',
    remedy: 'Check the identifier and its type (by=user_id, anonymous_id, email …).',
  },
  SERVER_UNKNOWN_ITEM: {
    status: 404,
    meaning: 'The catalogue has no item of this id.',
    remedy: 'Send it with POST /v1/items, or check the id.',
  },
  SERVER_UNKNOWN_PLACEMENT: {
    status: 404,
    meaning: 'There is no placement of this id and version.',
    remedy: 'GET /v1/placements lists the placements.',
  },
  SERVER_INTERNAL: {
    status: 500,
    meaning: 'The server met an error of its own.',
    remedy: 'Look in the log of the server for its code and place; nothing was acknowledged.',
  },
  SERVER_PORT_BUSY: {
    status: 500,
    meaning: 'Another process listens on the port.',
    remedy: 'Stop that process, or choose another port with --port (0 picks a free one).',
  },
  SERVER_CANNOT_LISTEN: {
    status: 500,
    meaning: 'The server cannot listen on the address.',
    remedy: 'Check --host and --port; ports below 1024 may need more rights.',
  },
})
