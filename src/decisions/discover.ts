import type { AttributeColumn } from '../catalog/index.ts'
import type { CandidateRule } from './compiledPlacement.ts'
import { ContentTaste } from './contentTaste.ts'
import type { DecisionScope } from './decisionScope.ts'
import { explainForYou } from './explainForYou.ts'
import { best, type Gathered } from './gathered.ts'
import { discoveryReason } from './reasons.ts'

/** Leading items of "for you" that are looked at. */
const POOL = 200
const STRENGTH = 0.5

/**
 * What the person would like and would not have looked for: items that "for you" rates well and whose words are not the person's
 * usual ones,
 *
 *     score(i) = relevance(i)^(1 − strength) · novelty(i)^strength
 *     relevance = score of "for you" · √(1 + popularity),   novelty = 1 − min(1, affinity(i) / usual affinity)
 *
 * as serendipity is unexpectedness and usefulness together (Adamopoulos and Tuzhilin, "On Unexpectedness in Recommender Systems",
 * ACM TIST 2014). What a person did says little about items unlike all of it, so what everybody likes has a say in their
 * relevance: in the simulated shop, lists as unusual were bought from a third less without it. Items without words are left out:
 * what is unusual about them is not known.
 */
export function discover(scope: DecisionScope, rule: CandidateRule, limit: number): Gathered {
  const taste = new ContentTaste(scope, columnsOf(scope, rule))
  const { ids, scores } = best(scope, scope.personal(), POOL)
  const { heap } = scope
  const { models } = scope.world
  heap.reset(Math.min(limit, ids.length))
  const strength = rule.strength ?? STRENGTH
  const usual = taste.usual()
  let found = 0
  for (let k = 0; k < ids.length; k++) {
    const item = ids[k] as number
    // Without a usual affinity this is not a number, and nothing is novel.
    const novelty = 1 - Math.min(1, taste.affinity(item) / usual)
    if (!(novelty > 0)) continue
    found++
    const relevance = (scores[k] as number) * Math.sqrt(1 + models.popularity(item, 'all'))
    heap.offer(item, relevance ** (1 - strength) * novelty ** strength)
  }
  const ranked = heap.ranked()
  return {
    ids: ranked.ids.slice(),
    scores: ranked.scores.slice(),
    found,
    why: whyNothing(scope, taste, usual),
    explain: (items) =>
      explainForYou(scope, items).map((reasons) =>
        reasons.map((reason) => discoveryReason(reason)),
      ),
  }
}

function columnsOf(
  { world: { catalog } }: DecisionScope,
  { by }: CandidateRule,
): readonly AttributeColumn[] | undefined {
  return by?.map((path) => catalog.column(path)).filter((column) => column !== undefined)
}

function whyNothing(scope: DecisionScope, taste: ContentTaste, usual: number): string {
  if (scope.history.length === 0) return 'the person has no history with items yet'
  if (taste.isEmpty || usual === 0)
    return 'the items of the person have no words in common with others'
  return 'nothing outside what the person usually goes for is related to it yet'
}
