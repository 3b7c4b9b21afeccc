export { readJson, writeKeyOf } from './body.ts'
export { type DeadLetter, DeadLetters } from './deadLetters.ts'
export { decodeEnvelope, envelopeHeader } from './envelope.ts'
export {
  type Action,
  ACTIONS,
  type AttuneEvent,
  type EventType,
  type Identifier,
  type Interaction,
  type ParsedBody,
  type Rejection,
} from './event.ts'
export { isRefusedId, usableId } from './identity.ts'
export { interactionsOf } from './interaction.ts'
export { parseBody } from './parseBody.ts'
export type { Route } from './route.ts'
export { parseTime } from './timestamp.ts'
