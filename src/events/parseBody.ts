import { isJsonObject, type JsonObject } from '../base/index.ts'
import { readJson } from './body.ts'
import { inspectContent } from './content.ts'
import { eventErrors } from './errors.ts'
import type { AttuneEvent, ParsedBody, Rejection } from './event.ts'
import { type Frame, readMessage } from './message.ts'
import { isBatchRoute, type Route } from './route.ts'

/** Most messages in one body. */
export const MAX_MESSAGES = 20_000

/**
 * Reads a request body (see `unwrapBody` for its wrappings) as events. A message that cannot be taken becomes a
 * rejection and never affects its neighbours. Pure: the same bytes and arrival time give the same result.
 *
 * @throws EVENTS_MALFORMED_JSON (400), EVENTS_WRONG_ENCODING (400), EVENTS_TOO_LARGE (413)
 */
export function parseBody(route: Route, body: Uint8Array, receivedAt: number): ParsedBody {
  const root = readJson(body)
  if (isBatchRoute(route)) return batchEvents(root, receivedAt, route === 'batch')
  if (!isJsonObject(root)) {
    throw eventErrors.EVENTS_MALFORMED_JSON(
      'The request body is a list; expected one message object.',
    )
  }
  const frame = {
    receivedAt,
    sentAt: undefined,
    context: undefined,
    correctClock: true,
    type: route,
  }
  return readMessages([root], frame)
}

function batchEvents(
  root: JsonObject | readonly unknown[],
  receivedAt: number,
  correctClock: boolean,
): ParsedBody {
  const outer = isJsonObject(root) ? root : { batch: root }
  if (!Array.isArray(outer.batch)) return refusedWhole('batch must be a list of messages.')
  if (outer.batch.length > MAX_MESSAGES) {
    throw eventErrors.EVENTS_TOO_LARGE(
      `The batch has ${outer.batch.length} messages; at most ${MAX_MESSAGES} are accepted.`,
    )
  }
  const context = 'context' in outer ? (outer.context ?? undefined) : undefined
  if (context !== undefined && !isJsonObject(context)) {
    return refusedWhole('context of the batch must be an object.')
  }
  const fault = context === undefined ? undefined : inspectContent(context)
  if (fault !== undefined) return refusedWhole(`context${fault.path} of the batch: ${fault.what}.`)
  const sentAt = 'sentAt' in outer ? outer.sentAt : undefined
  return readMessages(outer.batch, { receivedAt, sentAt, context, correctClock, type: undefined })
}

function readMessages(messages: readonly unknown[], frame: Frame): ParsedBody {
  const events: AttuneEvent[] = []
  const indexes: number[] = []
  const rejections: Rejection[] = []
  for (let index = 0; index < messages.length; index++) {
    const result = readMessage(messages[index], index, frame)
    if ('code' in result) {
      rejections.push(result)
    } else {
      events.push(result)
      indexes.push(index)
    }
  }
  return { events, indexes, rejections }
}

function refusedWhole(reason: string): ParsedBody {
  const rejection = { code: 'EVENTS_INVALID_FIELD', reason, index: 0, messageId: undefined }
  return { events: [], indexes: [], rejections: [rejection] }
}
