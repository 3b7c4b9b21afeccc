import { Type } from 'typebox'
import { isJsonObject, type JsonObject } from '../base/index.ts'
import { type Action, ACTIONS, type Identifier, usableId } from '../events/index.ts'
import { decisionErrors } from './errors.ts'
import { MAX_ITEMS } from './placement.ts'
import { checker } from './schema.ts'

const closed = { additionalProperties: false }
const Id = Type.String({ minLength: 1, maxLength: 512 })
const PersonId = Type.Unsafe<string | number>({ type: ['string', 'number'], maxLength: 512 })

/** Steps of a session that are looked at: as many as a profile remembers. */
const MOST_SESSION_STEPS = 200

const SessionStep = Type.Object(
  { item: Id, action: Type.Optional(Type.Enum([...ACTIONS])) },
  closed,
)

/** One thing that the person did in this visit. */
export interface SessionStep {
  readonly item: string
  readonly action: Action
}

const WantedPlacement = Type.Object(
  {
    id: Id,
    n: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_ITEMS })),
  },
  closed,
)

/** Body of a request for decisions, as it is sent. */
export const DecideRequestSchema = Type.Object(
  {
    userId: Type.Optional(PersonId),
    anonymousId: Type.Optional(PersonId),
    identifiers: Type.Optional(
      Type.Array(Type.Object({ type: Id, value: Id }, closed), { maxItems: 20 }),
    ),
    placements: Type.Array(Type.Unsafe<unknown>({}), {
      minItems: 1,
      maxItems: 20,
      description: 'Placement ids, or objects { id, n }.',
    }),
    context: Type.Optional(
      Type.Object(
        {
          item: Type.Optional(Id),
          cart: Type.Optional(Type.Array(Id, { maxItems: 200 })),
        },
        {
          additionalProperties: true,
          description: 'What is on the page: item, cart, device, country …',
        },
      ),
    ),
    session: Type.Optional(
      Type.Array(Type.Unsafe<unknown>({}), {
        maxItems: MOST_SESSION_STEPS,
        description:
          'What the person did in this visit, oldest first: item ids (viewed), or objects { item, action }. Counts as the history of somebody unknown, and is added to what is known of others.',
      }),
    ),
    exclude: Type.Optional(Type.Array(Id, { maxItems: 1_000 })),
    include: Type.Optional(Type.Array(Type.Enum(['item', 'parts']), { maxItems: 2 })),
    distinct: Type.Optional(
      Type.Boolean({ description: 'Show no item in two placements of this call. Default true.' }),
    ),
    dryRun: Type.Optional(Type.Boolean({ description: 'Decide without logging the decision.' })),
  },
  closed,
)

/** A request that has been checked. */
export interface DecideRequest {
  /** In the order user_id, email, then alphabetical; placeholders such as "null" are left out. */
  readonly identifiers: readonly Identifier[]
  readonly placements: readonly { readonly id: string; readonly n?: number }[]
  readonly context: JsonObject
  /** Id of the item on the page. */
  readonly item: string | undefined
  readonly cart: readonly string[]
  /** Oldest first. */
  readonly session: readonly SessionStep[]
  readonly exclude: readonly string[]
  readonly distinct: boolean
  readonly withItems: boolean
  readonly withParts: boolean
  readonly dryRun: boolean
}

const checkRequest = checker(DecideRequestSchema, 'The request')
const checkStep = checker(SessionStep, 'the step')
const checkPlacement = checker(WantedPlacement, 'the placement')

/** @throws DECISIONS_INVALID_REQUEST naming the path. Cost: about 2 µs. */
export function parseDecideRequest(raw: unknown): DecideRequest {
  if (!checkRequest.accepts(raw)) {
    throw decisionErrors.DECISIONS_INVALID_REQUEST(checkRequest.complaint())
  }
  const { context } = raw
  const include = raw.include ?? []
  return {
    identifiers: identifiersIn(raw),
    placements: wantedPlacements(raw.placements),
    context: isJsonObject(context) ? context : {},
    item: context?.item,
    cart: context?.cart ?? [],
    session: raw.session === undefined ? [] : sessionSteps(raw.session),
    exclude: raw.exclude ?? [],
    distinct: raw.distinct ?? true,
    withItems: include.includes('item'),
    withParts: include.includes('parts'),
    dryRun: raw.dryRun ?? false,
  }
}

function sessionSteps(raw: readonly unknown[]): readonly SessionStep[] {
  return raw.map((entry, k) => {
    const step = typeof entry === 'string' ? { item: entry } : entry
    if (!checkStep.accepts(step)) {
      throw decisionErrors.DECISIONS_INVALID_REQUEST(`session.${k}: ${checkStep.complaint()}`)
    }
    return { item: step.item, action: step.action ?? 'view' }
  })
}

function wantedPlacements(raw: readonly unknown[]): DecideRequest['placements'] {
  const seen = new Set<string>()
  return raw.map((entry, k) => {
    const wanted = typeof entry === 'string' ? { id: entry } : entry
    if (!checkPlacement.accepts(wanted)) {
      throw decisionErrors.DECISIONS_INVALID_REQUEST(
        `placements.${k}: ${checkPlacement.complaint()}`,
      )
    }
    if (seen.has(wanted.id)) {
      throw decisionErrors.DECISIONS_INVALID_REQUEST(
        `placements.${k}: ${JSON.stringify(wanted.id.slice(0, 64))} is named twice.`,
      )
    }
    seen.add(wanted.id)
    return wanted
  })
}

interface Identified {
  readonly userId?: string | number
  readonly anonymousId?: string | number
  readonly identifiers?: readonly Identifier[]
}

function identifiersIn({
  userId,
  anonymousId,
  identifiers = [],
}: Identified): readonly Identifier[] {
  const found: Identifier[] = []
  const put = (type: string, raw: string | number | undefined): void => {
    const value = usableId(raw)
    if (value !== undefined) found.push({ type, value })
  }
  put('user_id', userId)
  put('anonymous_id', anonymousId)
  for (const { type, value } of identifiers) put(type, value)
  return found.length < 2
    ? found
    : found.sort((a, b) => rank(a.type) - rank(b.type) || (a.type < b.type ? -1 : 1))
}

function rank(type: string): number {
  return type === 'user_id' ? 0 : type === 'email' ? 1 : 2
}
