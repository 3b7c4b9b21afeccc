import type { Gain, Interval, ItemAttributes, Parameters } from '../../models/index.ts'
import type { InteractionColumns } from '../../store/index.ts'
import type { FittedRelations } from '../relations/fitRelations.ts'
import type { EventOrder } from './eventOrder.ts'
import type { Speed } from './speed.ts'

/** All that a fit is given; shared memory, so that handing it to a thread copies nothing. */
export interface FitJob {
  readonly columns: InteractionColumns
  /** Items are 0 .. items-1, by the catalogue's numbers. */
  readonly items: number
  readonly attributes?: ItemAttributes
  /** Names of the models to try; absent: all. */
  readonly models?: readonly string[]
  /** What is served now, to be beaten. */
  readonly serving?: ServingModel
  readonly seed: number
  readonly threads: number
  readonly memoryBytes: number
  /** Milliseconds for choosing; what is not tried by then is passed over. */
  readonly choosingMs: number
}

/** The model in service when a fit begins. */
export interface ServingModel {
  readonly version: string
  readonly file: Uint8Array
  readonly weight: number
  /** Time of the newest event that it has seen, milliseconds. */
  readonly seenTo: number
}

/** What there was to learn from. */
export interface DataSummary {
  readonly events: number
  readonly people: number
  /** Items with events. */
  readonly items: number
  /** Times of the oldest and the newest event, milliseconds. */
  readonly from: number
  readonly to: number
  /** Events that were left out because models may not learn from them. */
  readonly refused: number
  /** Set when memory has not room for all: events of the people who were drawn to choose by, and to fit on in the end. */
  readonly drawn?: { readonly choosing: number; readonly fitting: number }
  /** What the times tell; others than `times` were made up when data without a clock were imported. */
  readonly order: EventOrder
}

/** One model that was tried, or why it was not. */
export interface Tried {
  readonly model: string
  readonly parameters: Parameters
  /** ndcg@10 at its best weight beside the live counts; absent when it failed. */
  readonly ndcg?: number
  /** The same without the live counts. */
  readonly alone?: number
  readonly reason?: string
  /** What it chose, step by step, if it chose among others; lines for people. */
  readonly how?: readonly string[]
}

/** A mean over people, with its 95 % bootstrap interval. */
export interface Measured {
  readonly ndcg: number
  readonly interval: Interval
}

/** How the chosen model did, by people who had no part in the choice. */
export interface Judgement {
  /** Where the cut in time lies, milliseconds; null: the newest tenth of each person's events was cut off. */
  readonly cut: number | null
  readonly people: number
  /** Blended as it would be served. */
  readonly blend: Measured
  readonly alone: Measured
  /** The live counts alone. */
  readonly live: Measured
  /** The version in service, blended as it is. */
  readonly serving?: Measured
  /** Set when the version in service had seen what comes after the cut, so that its recipe was fitted anew before it. */
  readonly servingRefitted?: boolean
  /** Over what is served now: the version in service, or the live counts. */
  readonly gain: Gain
  /** By more than 1.64 standard errors. */
  readonly better: boolean
  /**
   * Set when it was no better, and the recipe of the version in service was fitted on the newer data instead: name and
   * value of what was chosen. `blend` and `alone` are then those of the recipe in service, `gain` that of the rival.
   */
  readonly renewed?: { readonly rival: string; readonly value: Measured }
}

/** What is to be served, and how it was found. */
interface Found {
  readonly model: string
  readonly parameters: Parameters
  /** Weight of the model beside the live counts. */
  readonly weight: number
  readonly speed: Speed
  readonly judgement: Judgement
  readonly data: DataSummary
  readonly tried: readonly Tried[]
  /** Item-to-item rows; absent when they could not be fitted. */
  readonly relations?: FittedRelations
}

/** What was chosen. */
export interface ChosenRecipe extends Found {
  readonly outcome: 'chosen'
  /** The model as it was fitted on a part of the data; its recipe is to be fitted on all of them. */
  readonly recipe: Uint8Array
}

export interface Fitted extends Found {
  readonly outcome: 'fitted'
  readonly file: Uint8Array
}

export interface NotFitted {
  readonly outcome: 'too-little' | 'no-model'
  /** In words, for people. */
  readonly why: string
  readonly data: DataSummary
  readonly tried: readonly Tried[]
}

/** What came of a fit. */
export type FitResult = Fitted | NotFitted

/** What a fit says while it goes on. */
export type FitProgress = (step: string, done: number) => void
