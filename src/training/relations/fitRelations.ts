import { type FitContext, type Gain, pairedGain } from '../../models/index.ts'
import { shuffled } from '../evaluate/cutting.ts'
import { meanOf } from '../evaluate/scores.ts'
import type { TimeCut } from '../fit/timeCut.ts'
import type { TrainingSet } from '../fit/trainingSet.ts'
import { type LiveModels, RELATIONS, type RelationName } from '../liveModels.ts'
import type { WeightedRows } from './relationBlend.ts'
import { relationEvents, type RelationEvents } from './relationEvents.ts'
import { RECIPES, type RelationRecipe } from './relationRecipes.ts'
import { RelationRows } from './relationRows.ts'
import { type EventsAfter, REACH, relationTrials, type RelationTrials } from './relationTrial.ts'
import { TrainedRelations } from './trainedRelations.ts'

/** Neighbours of an item that are kept, and entries of a relation in all: 16 MB. */
const NEIGHBOURS = 50
const MOST_ENTRIES = 2_000_000
const WEIGHTS: readonly number[] = [0.2, 0.4, 0.6, 0.8]
/** With fewer questions in a half nothing can be said, and the live counts serve alone. */
const FEWEST_QUESTIONS = 30

/** How trained rows did beside the live ones on people that nothing was chosen on. */
export interface RelationJudgement {
  readonly relation: RelationName
  readonly recipe: string
  /** 0: the live counts serve alone, because they did no worse or too few could be asked. */
  readonly weight: number
  readonly questions: number
  /** Mean ndcg@10 of the live rows alone and as blended. */
  readonly live: number
  readonly blend: number
  readonly gain: Gain
}

/** Trained relations as a file, and how they did. */
export interface FittedRelations {
  readonly file: Uint8Array
  readonly judged: readonly RelationJudgement[]
}

/**
 * Fits the item-to-item rows: recipe and weight of each relation are chosen on one half of the people after the cut, judged on
 * the other, and fitted on everything where they did no worse than the live counts alone.
 * @param live the live counts as they stood at the cut
 * Cost: that of a few sparse products on the events before the cut, and one for each relation on all of them.
 */
export async function fitRelations(
  set: TrainingSet,
  cut: TimeCut,
  live: LiveModels,
  context: FitContext,
): Promise<FittedRelations> {
  const begin = (p: number): number => set.start[p] as number
  const end = (p: number): number => set.start[p + 1] as number
  const before = relationEvents(set, cut.people, begin, cut.end)
  const after = eventsAfter(set, cut, context.seed)
  const everybody = Uint32Array.from({ length: set.people }, (_, p) => p)
  const all = relationEvents(set, everybody, begin, end)
  const keep = Math.max(1, Math.min(NEIGHBOURS, Math.floor(MOST_ENTRIES / Math.max(1, set.items))))
  const rows = new Map<RelationName, WeightedRows>()
  const judged: RelationJudgement[] = []
  for (const relation of RELATIONS) {
    const trials = relationTrials(relation, live, after, context.seed)
    const choice = await chosen(relation, trials, before, keep, context)
    if (choice === undefined) continue
    judged.push(choice.judgement)
    const { weight } = choice.judgement
    if (weight === 0) continue
    rows.set(relation, {
      weight,
      rows: RelationRows.of(await choice.recipe.rows(all, keep, context)),
    })
  }
  return { file: new TrainedRelations(rows, repeatWeights(all)).encode(), judged }
}

/** People in a random order, with the last events before the cut: what follows from those was not seen either. */
function eventsAfter(set: TrainingSet, cut: TimeCut, seed: number): EventsAfter {
  const people = shuffled(cut.people, seed)
  const from = (p: number): number => Math.max(set.start[p] as number, cut.end(p) - REACH)
  const events = relationEvents(set, people, from, (p) => set.start[p + 1] as number)
  return { events, firstNew: Uint32Array.from(people, (p) => cut.end(p)) }
}

/** undefined when too few can be asked. */
async function chosen(
  relation: RelationName,
  { choosing, judging }: RelationTrials,
  before: RelationEvents,
  keep: number,
  context: FitContext,
): Promise<{ recipe: RelationRecipe; judgement: RelationJudgement } | undefined> {
  if (judging.count < FEWEST_QUESTIONS) return undefined
  let best: { recipe: RelationRecipe; rows: RelationRows; weight: number } | undefined
  let highest = Number.NEGATIVE_INFINITY
  for (const recipe of RECIPES[relation]) {
    const rows = RelationRows.of(await recipe.rows(before, keep, context))
    for (const weight of WEIGHTS) {
      const value = meanOf(choosing.values(rows, weight))
      if (value <= highest) continue
      highest = value
      best = { recipe, rows, weight }
    }
  }
  if (best === undefined) return undefined
  const { recipe, rows, weight } = best
  const live = judging.values(rows, 0)
  const blend = judging.values(rows, weight)
  const gain = pairedGain(blend, live)
  const judgement: RelationJudgement = {
    relation,
    recipe: recipe.name,
    weight: gain.mean > 0 ? weight : 0,
    questions: judging.count,
    live: meanOf(live),
    blend: meanOf(blend),
    gain,
  }
  return { recipe, judgement }
}

/** Buyers that the share of an item is mixed with, at the share of all items. */
const PRIOR_BUYERS = 10
/** On held-out orders of Ta-Feng, where 14 % of the lines are repeats, weights around 0.3 found the most of the next order. */
const WEIGHT_OF_REPEATS = 2

/**
 * What an earlier order with an item weighs when the next one is foretold: 2 · the share of order lines with something that the person
 * had ordered before · the share of the item's buyers who bought it again over that of all items,
 *
 *     weight(i) = 2 · repeats / lines · (again(i) + 10 · usual) / (buyers(i) + 10) / usual
 *
 * So things that last weigh little, and everything does in a shop where people hardly ever order the same again.
 */
export function repeatWeights(events: RelationEvents): Float32Array {
  const { lines, repeats, buyers, again } = countRepeats(events)
  const sum = (values: Float64Array): number => values.reduce((all, one) => all + one, 0)
  const usual = sum(again) / Math.max(1, sum(buyers))
  if (usual === 0) return new Float32Array(events.items)
  const scale = (WEIGHT_OF_REPEATS * repeats) / lines / usual
  return Float32Array.from(
    buyers,
    (count, i) => (scale * ((again[i] as number) + PRIOR_BUYERS * usual)) / (count + PRIOR_BUYERS),
  )
}

/** Order lines of people who had ordered before, how many of them again, and by item its buyers and those who bought it again. */
function countRepeats({ items, people, start, item, bought, order }: RelationEvents) {
  const buyers = new Float64Array(items)
  const again = new Float64Array(items)
  let lines = 0
  let repeats = 0
  for (let p = 0; p < people; p++) {
    const first = new Map<number, number>()
    const returned = new Set<number>()
    let firstOrder = -1
    for (let e = start[p] as number; e < (start[p + 1] as number); e++) {
      if (bought[e] === 0) continue
      const i = item[e] as number
      const now = order[e] as number
      if (firstOrder === -1) firstOrder = now
      const before = first.get(i)
      if (now !== firstOrder) lines++
      if (before === undefined) first.set(i, now)
      else if (before !== now) {
        repeats++
        returned.add(i)
      }
    }
    for (const i of first.keys()) buyers[i] = (buyers[i] as number) + 1
    for (const i of returned) again[i] = (again[i] as number) + 1
  }
  return { lines, repeats, buyers, again }
}
