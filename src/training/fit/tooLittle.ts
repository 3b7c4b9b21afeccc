import type { EventOrder } from './eventOrder.ts'
import type { DataSummary } from './fitJob.ts'
import type { TimeCut } from './timeCut.ts'
import type { TrainingSet } from './trainingSet.ts'

/** Below these there is nothing that a model could find and the live counts have not. */
const FEWEST_EVENTS = 100
const FEWEST_PEOPLE = 10
const FEWEST_ITEMS = 5
/** People who judge, half of those asked: with fewer, no difference is beyond noise. */
const FEWEST_ASKED = 30

/** Counts of a set. Cost: linear. */
export function summaryOf(set: TrainingSet, refused: number, order: EventOrder): DataSummary {
  const { people, start, item, time, items } = set
  const had = new Uint8Array(items)
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (let p = 0; p < people; p++) {
    const first = start[p] as number
    const last = (start[p + 1] as number) - 1
    if (last < first) continue
    from = Math.min(from, time[first] as number)
    to = Math.max(to, time[last] as number)
  }
  for (const i of item) had[i] = 1
  return {
    events: item.length,
    people,
    items: had.reduce((sum, one) => sum + one, 0),
    from: item.length === 0 ? 0 : from,
    to: item.length === 0 ? 0 : to,
    refused,
    order,
  }
}

/** Why these data are too little to train on, in words; undefined when they are not. */
export function whyTooLittle({ events, people, items, refused }: DataSummary): string | undefined {
  const without = refused === 0 ? '' : ` (${counted(refused, 'event')} may not be learnt from)`
  if (events === 0) {
    return refused === 0
      ? 'There are no events on items yet.'
      : `Nobody has allowed training: ${counted(refused, 'event')} may not be learnt from.`
  }
  if (events < FEWEST_EVENTS) return need(counted(events, 'event') + without, FEWEST_EVENTS)
  if (people < FEWEST_PEOPLE) return need(counted(people, 'person', 'people'), FEWEST_PEOPLE)
  if (items < FEWEST_ITEMS) return need(counted(items, 'item'), FEWEST_ITEMS)
  return undefined
}

/** Why a cut asks too few people, in words; undefined when it does not. */
export function whyTooFewAsked({ learning, judging, histories }: TimeCut): string | undefined {
  const asked = learning.people + judging.people
  if (histories.people >= FEWEST_PEOPLE && judging.people >= FEWEST_ASKED) return undefined
  return `Only ${counted(asked, 'person', 'people')} did something new to them lately, too few to judge a model by: at least ${2 * FEWEST_ASKED} are needed.`
}

function need(there: string, least: number): string {
  return `There is too little to learn from: ${there}, and at least ${least} are needed. Until then the live counts serve alone.`
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
