import { type Action, ACTIONS } from '../events/index.ts'
import { compileFilter, type Filter } from './condition.ts'
import { capColumn, durationOf, type FallbackName, FALLBACKS, type Placement } from './placement.ts'

const DEFAULT_ITEMS = 10
const DIVERSE_BY = ['categories', 'brand']

export interface CandidateRule extends Omit<Placement['candidates'][number], 'within' | 'by'> {
  /** Of newArrivals, milliseconds. */
  readonly withinMs?: number
  /** Of newArrivals: for somebody whose taste is not known, the newest ones. */
  readonly anyone?: boolean
  /** Columns of discover. */
  readonly by?: readonly string[]
}

/** How the blended candidates are weighed against each other, beside their scores. */
export interface Reranking {
  readonly diversity?: {
    readonly method: 'mmr' | 'dpp'
    /** Above 0, at most 1. */
    readonly strength: number
    /** Columns whose shared values make items alike. */
    readonly columns: readonly string[]
  }
  /** The list is to have the shares that the values of these columns have in the person's history. */
  readonly calibration?: { readonly strength: number; readonly columns: readonly string[] }
  readonly popularity?: { readonly strength: number }
  readonly newItems?: { readonly share: number; readonly withinMs: number }
}

/** A placement document in the form that deciding uses: nothing left to parse. */
export interface CompiledPlacement {
  readonly id: string
  readonly version: number
  readonly n: number
  /** Sources of the blend. */
  readonly blended: readonly CandidateRule[]
  /** Sources with a part of the slot of their own. */
  readonly shared: readonly CandidateRule[]
  readonly filter: Filter | undefined
  /** Per action: items with which the person did it within so many milliseconds are left out; -1 = stay. */
  readonly doneWithin: Readonly<Record<Action, number>>
  /** The same by the place of the action in ACTIONS. */
  readonly doneLimits: Float64Array
  readonly shown: { readonly times: number; readonly within: number } | undefined
  readonly caps: readonly { readonly column: string; readonly max: number }[]
  /** undefined: the order of the scores. */
  readonly reranking: Reranking | undefined
  /** By position. */
  readonly pinned: readonly { readonly item: string; readonly position: number }[]
  readonly boosts: readonly { readonly when: Filter; readonly factor: number }[]
  readonly fallback: readonly FallbackName[]
}

/** Of a document that `parsePlacement` let pass. */
export function compilePlacement(placement: Placement): CompiledPlacement {
  const { id, version, filter, exclude } = placement
  const candidates = placement.candidates.map(compileRule)
  const doneWithin = longestWithin(exclude?.done ?? [])
  return {
    id,
    version,
    n: placement.n ?? DEFAULT_ITEMS,
    blended: candidates.filter(({ share }) => share === undefined),
    shared: candidates.filter(({ share }) => share !== undefined),
    filter: filter === undefined ? undefined : compileFilter(filter, 'filter'),
    doneWithin,
    doneLimits: Float64Array.from(ACTIONS, (action) => doneWithin[action]),
    shown: exclude?.shown && {
      times: exclude.shown.times,
      within: durationOf(exclude.shown.within, 'within'),
    },
    caps: (placement.caps ?? []).map(({ by, max }) => ({ column: capColumn(by, 'caps'), max })),
    reranking: rerankingOf(placement.slate),
    pinned: (placement.pinned ?? []).toSorted((a, b) => a.position - b.position),
    boosts: (placement.boosts ?? []).map(({ when, factor }) => ({
      when: compileFilter(when, 'boosts'),
      factor,
    })),
    fallback: placement.fallback ?? FALLBACKS,
  }
}

function compileRule({ within, by, ...rule }: Placement['candidates'][number]): CandidateRule {
  return {
    ...rule,
    ...(within !== undefined && { withinMs: durationOf(within, 'within') }),
    ...(by && { by: by.map((path) => capColumn(path, 'by')) }),
  }
}

/** Rules of strength or share 0 are none. */
function rerankingOf(slate: Placement['slate']): Reranking | undefined {
  const { diversity, calibration, popularity, newItems } = slate ?? {}
  const rules: Reranking = {
    ...(diversity && diversity.strength > 0 && { diversity: diversityOf(diversity) }),
    ...(calibration &&
      calibration.strength > 0 && {
        calibration: {
          strength: calibration.strength,
          columns: [capColumn(calibration.by, 'slate.calibration.by')],
        },
      }),
    ...(popularity && popularity.strength > 0 && { popularity }),
    ...(newItems &&
      newItems.share > 0 && {
        newItems: { share: newItems.share, withinMs: durationOf(newItems.within, 'within') },
      }),
  }
  return Object.keys(rules).length === 0 ? undefined : rules
}

type DiversityRule = NonNullable<NonNullable<Placement['slate']>['diversity']>

function diversityOf({ method, strength, by = DIVERSE_BY }: DiversityRule) {
  return { method, strength, columns: by.map((path) => capColumn(path, 'slate.diversity.by')) }
}

type DoneRules = NonNullable<NonNullable<Placement['exclude']>['done']>

function longestWithin(rules: DoneRules): Readonly<Record<Action, number>> {
  const longest = Object.fromEntries(ACTIONS.map((action) => [action, -1])) as Record<
    Action,
    number
  >
  for (const { actions, within } of rules) {
    const limit = within === undefined ? Number.POSITIVE_INFINITY : durationOf(within, 'within')
    for (const action of actions) longest[action] = Math.max(longest[action], limit)
  }
  return longest
}
