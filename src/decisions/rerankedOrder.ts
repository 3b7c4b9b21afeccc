import { fnv1a32 } from '../base/index.ts'
import type { AttributeColumn } from '../catalog/index.ts'
import {
  type CalibrationOptions,
  type DiversityOptions,
  type ItemAttributes,
  type NewItems,
  type PopularityControl,
  Reranker,
} from '../models/index.ts'
import type { Reranking } from './compiledPlacement.ts'
import type { DecisionScope } from './decisionScope.ts'
import { interestsOf } from './interests.ts'
import type { Slate } from './slate.ts'

/** Candidates that are weighed against each other; what comes behind is taken in its order when these run out. */
const MOST = 500
/** Items of the history whose shares a calibrated list is to have. */
const REMEMBERED = 100

const reranker = new Reranker()

/**
 * Offers the best of ranked candidates to the slate in an order that weighs their scores against being alike, against the shares of the
 * person's history, and against being popular, with places for new items. What the slate turns away has no say in what follows;
 * pinned items and those of a share have none either. Scores stay as they are.
 * Cost: docs/placements.md.
 */
export function offerReranked(
  scope: DecisionScope,
  slate: Slate,
  rules: Reranking,
  ranked: { readonly ids: Int32Array; readonly scores: Float64Array },
  pass: number,
): void {
  const ids = ranked.ids.subarray(0, MOST)
  const scores = ranked.scores.subarray(0, MOST)
  const { diversity, calibration, popularity, newItems } = rules
  const calibrated = calibration && calibrationOf(scope, calibration, ids)
  reranker.rerank(
    { ids, scores, rows: Int32Array.from(ids, (_, k) => k) },
    {
      n: slate.n - slate.filled,
      ...(diversity && { diversity: diversityOf(scope, diversity, ids) }),
      ...(calibrated && { calibration: [calibrated] }),
      ...(popularity && { popularity: popularityOf(scope, popularity, ids) }),
      ...(newItems && { newItems: newItemsOf(scope, newItems, ids) }),
      accepts: (k) => slate.offer(ids[k] as number, scores[k] as number, 'blend', pass),
    },
  )
  // A calibrated list is chosen as a whole; in the order of the scores it costs less relevance (docs/rerank.md).
  if (calibrated && !diversity && !newItems) slate.orderByScore('blend')
}

function diversityOf(
  scope: DecisionScope,
  { method, strength, columns }: NonNullable<Reranking['diversity']>,
  ids: Int32Array,
): DiversityOptions {
  const values = new ValueNumbers(columnsOf(scope, columns))
  return { method, strength, similarity: { attributes: values.attributesOf(ids) } }
}

/** Undefined when nothing is known of what the person likes, or items do not have the attribute. */
function calibrationOf(
  scope: DecisionScope,
  { strength, columns }: NonNullable<Reranking['calibration']>,
  ids: Int32Array,
): CalibrationOptions | undefined {
  const values = new ValueNumbers(columnsOf(scope, columns))
  const target: number[] = []
  for (const { item, weight } of interestsOf(scope.history, REMEMBERED)) {
    const own = values.of(item)
    for (const value of own) target[value] = (target[value] ?? 0) + weight / own.length
  }
  if (target.length === 0) return undefined
  const attributes = values.attributesOf(ids)
  const shares = Float64Array.from({ length: attributes.values }, (_, v) => target[v] ?? 0)
  return { strength, attributes, target: shares }
}

function popularityOf(
  { world: { models } }: DecisionScope,
  { strength }: NonNullable<Reranking['popularity']>,
  ids: Int32Array,
): PopularityControl {
  const popularity = Float64Array.from(ids, (item) => models.popularity(item, 'all'))
  return { method: 'minus', strength, popularity }
}

/** Which places new items get changes from decision to decision. */
function newItemsOf(
  { world: { catalog, now, decisionId } }: DecisionScope,
  { share, withinMs }: NonNullable<Reranking['newItems']>,
  ids: Int32Array,
): NewItems {
  const age = Float64Array.from(ids, (item) => now - catalog.since(item))
  return { share, age, youngerThan: withinMs, seed: fnv1a32(decisionId) }
}

function columnsOf({ world: { catalog } }: DecisionScope, paths: readonly string[]) {
  return paths.map((path) => catalog.column(path)).filter((column) => column !== undefined)
}

/** Numbers the values of some columns as they come up; equal texts of different columns are different values. */
class ValueNumbers {
  readonly #columns: readonly AttributeColumn[]
  readonly #numbers = new Map<number, number>()

  constructor(columns: readonly AttributeColumn[]) {
    this.#columns = columns
  }

  of(item: number): readonly number[] {
    const columns = this.#columns
    const found: number[] = []
    for (let c = 0; c < columns.length; c++) {
      for (const code of (columns[c] as AttributeColumn).codes(item)) {
        const key = code * columns.length + c
        let number = this.#numbers.get(key)
        if (number === undefined) this.#numbers.set(key, (number = this.#numbers.size))
        found.push(number)
      }
    }
    return found
  }

  /** Row k has the values of the k-th item; all values that came up so far have a number below `values`. */
  attributesOf(ids: Int32Array): ItemAttributes {
    const start = new Uint32Array(ids.length + 1)
    const index: number[] = []
    ids.forEach((id, k) => {
      index.push(...this.of(id))
      start[k + 1] = index.length
    })
    return { values: this.#numbers.size, start, index: Int32Array.from(index) }
  }
}
