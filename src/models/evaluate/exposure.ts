import type { Histories } from '../recommend/histories.ts'
import type { ItemAttributes } from '../recommend/recommender.ts'

/** What lists look like apart from being right. All but `gini` are means over places or lists; NaN without any. */
export interface Exposure {
  /** Share of the candidates that is in any list. */
  readonly coverage: number
  /** Gini coefficient of how often each candidate is listed: 0 all alike, towards 1 the same few for everybody. */
  readonly gini: number
  /** Mean of -log2 of the share of people who had the listed item; an item of nobody counts as one of one person. */
  readonly novelty: number
  /** Share of the places held by items outside the head, as `headOf` draws the line. */
  readonly longTail: number
  /** Mean over the pairs of a list of 1 - Jaccard similarity of their attribute values; absent without attributes. */
  readonly diversity?: number
}

/** What is known of the candidates from training. */
export interface CandidateFacts {
  readonly people: number
  /** How many people had each candidate. */
  readonly owners: Uint32Array
  readonly attributes?: ItemAttributes
  /** Item of the attributes of each candidate, -1: none. Absent: candidate i is item i. */
  readonly itemOf?: Int32Array
}

const HEAD_SHARE = 0.8
/** Lists whose pairs are compared; beyond, evenly spaced ones. 190 pairs each at 20 items. */
const MOST_DIVERSITY_LISTS = 5_000

/** How many people had each item. Cost: linear in the events. */
export function ownersOf({ people, items, start, item }: Histories): Uint32Array {
  const owners = new Uint32Array(items)
  const last = new Int32Array(items).fill(-1)
  for (let p = 0; p < people; p++) {
    const to = start[p + 1] as number
    for (let e = start[p] as number; e < to; e++) {
      const i = item[e] as number
      if (last[i] !== p) owners[i] = (owners[i] as number) + 1
      last[i] = p
    }
  }
  return owners
}

/**
 * The head: the fewest items that together hold 80 % of all (person, item) pairs of training, most popular first,
 * equal ones by number. All other items are the long tail.
 * @returns 1 for each item of the head
 */
export function headOf(owners: Uint32Array): Uint8Array {
  const order = Uint32Array.from(owners, (_, i) => i).sort(
    (a, b) => (owners[b] as number) - (owners[a] as number) || a - b,
  )
  const all = owners.reduce((sum, n) => sum + n, 0)
  const head = new Uint8Array(owners.length)
  let held = 0
  for (const item of order) {
    if (held >= HEAD_SHARE * all) break
    head[item] = 1
    held += owners[item] as number
  }
  return head
}

/**
 * Looks at lists of `depth` candidates, of which the first k count.
 * Cost: linear in the places, plus k²/2 comparisons of attribute sets for at most 5,000 lists.
 */
export function exposureOf(
  lists: Int32Array,
  depth: number,
  k: number,
  facts: CandidateFacts,
): Exposure {
  const { owners, people } = facts
  const listed = new Uint32Array(owners.length)
  const head = headOf(owners)
  const all = Math.floor(lists.length / depth)
  let places = 0
  let surprise = 0
  let tail = 0
  for (let list = 0; list < all; list++) {
    for (let place = 0; place < k; place++) {
      const item = lists[list * depth + place] as number
      if (item < 0) break
      places++
      listed[item] = (listed[item] as number) + 1
      surprise += Math.log2(Math.max(1, people) / Math.max(1, owners[item] as number))
      if (head[item] === 0) tail++
    }
  }
  const seen = listed.reduce((sum, n) => sum + Math.min(1, n), 0)
  return {
    coverage: seen / listed.length,
    gini: giniOf(listed),
    novelty: surprise / places,
    longTail: tail / places,
    ...(facts.attributes && {
      diversity: diversityOf(itemsOf(lists, facts), depth, k, facts.attributes),
    }),
  }
}

/** Gini coefficient of counts (Gini, 1912): half the mean difference of two of them over their mean. NaN when all are 0. */
export function giniOf(counts: Uint32Array): number {
  const rising = counts.slice().sort()
  let sum = 0
  let weighted = 0
  rising.forEach((count, i) => {
    sum += count
    weighted += (2 * (i + 1) - rising.length - 1) * count
  })
  return weighted / (rising.length * sum)
}

function itemsOf(lists: Int32Array, { itemOf }: CandidateFacts): Int32Array {
  return itemOf === undefined ? lists : lists.map((candidate) => itemOf[candidate] ?? -1)
}

function diversityOf(lists: Int32Array, depth: number, k: number, of: ItemAttributes): number {
  const all = Math.floor(lists.length / depth)
  const step = Math.max(1, all / MOST_DIVERSITY_LISTS)
  let sum = 0
  let pairs = 0
  for (let at = 0; at < all; at += step) {
    const first = Math.floor(at) * depth
    for (let a = first + 1; a < first + k; a++) {
      for (let b = first; b < a; b++) {
        const distance = distanceOf(of, lists[a] as number, lists[b] as number)
        if (Number.isNaN(distance)) continue
        sum += distance
        pairs++
      }
    }
  }
  return sum / pairs
}

/** 1 - Jaccard similarity of the values of two items; NaN when one of them has none. */
function distanceOf({ start, index }: ItemAttributes, a: number, b: number): number {
  if (a < 0 || b < 0) return Number.NaN
  const endA = start[a + 1] ?? 0
  const endB = start[b + 1] ?? 0
  const fromA = start[a] ?? 0
  const fromB = start[b] ?? 0
  if (fromA >= endA || fromB >= endB) return Number.NaN
  let shared = 0
  for (let i = fromA; i < endA; i++) {
    for (let j = fromB; j < endB; j++) if (index[i] === index[j]) shared++
  }
  return 1 - shared / (endA - fromA + (endB - fromB) - shared)
}
