import type { AttributeColumn } from '../catalog/index.ts'
import type { LiveModels } from '../training/index.ts'

/** Leading items, and neighbours of each, that are compared. */
const ITEMS = 200
const NEIGHBOURS = 10
/** Pairs, and what is assumed of a column, before there is anything to see. */
const PRIOR_PAIRS = 50
const PRIOR = 0.3
/** A column that says nothing about what people view together still says something of an item. */
const LEAST = 0.02

/**
 * How much each column says about what people take an interest in: the share of pairs of items viewed together that share a value of
 * it, beyond what pairs of popular items do by chance,
 *
 *     weight = (observed − expected) / (1 − expected), at least 0.02
 *
 * as Cohen's kappa is for agreement; mixed with 0.3 on 50 pairs. In a shop the category weighs much, the colour hardly anything;
 * among films the director more than the studio. Cost: a few milliseconds.
 */
export function columnWeights(
  models: LiveModels,
  columns: readonly AttributeColumn[],
): readonly number[] {
  const leading = models.popularOrder('all').slice(0, ITEMS)
  const together: [number, number][] = []
  const byChance: [number, number][] = []
  leading.forEach((item, k) => {
    for (const other of models.similar('alsoViewed', item, NEIGHBOURS).items) {
      together.push([item, other])
    }
    // A step that meets every other leading item once before it comes round.
    for (let n = 1; n <= NEIGHBOURS && leading.length > 1; n++) {
      const other = leading[(k + 1 + ((n * 97) % (leading.length - 1))) % leading.length]
      byChance.push([item, other as number])
    }
  })
  return columns.map((column) => {
    const observed = sharing(column, together)
    const expected = sharing(column, byChance).share
    const excess = expected < 1 ? (observed.share - expected) / (1 - expected) : 0
    const weight = (excess * observed.pairs + PRIOR * PRIOR_PAIRS) / (observed.pairs + PRIOR_PAIRS)
    return Math.max(LEAST, weight)
  })
}

/** Share of the pairs with values on both sides that have one in common. */
function sharing(column: AttributeColumn, all: readonly (readonly [number, number])[]) {
  let pairs = 0
  let shared = 0
  for (const [one, other] of all) {
    const codes = column.codes(one)
    const others = column.codes(other)
    if (codes.length === 0 || others.length === 0) continue
    pairs++
    if (codes.some((code) => others.includes(code))) shared++
  }
  return { pairs, share: pairs === 0 ? 0 : shared / pairs }
}
