import { readDataset } from '../../imports/index.ts'
import { trainingErrors } from '../errors.ts'
import { DatasetTables } from './datasetTables.ts'
import { type Measures, MEASURES } from './measures.ts'
import { nextBasket } from './protocols/nextBasket.ts'
import { nextItem } from './protocols/nextItem.ts'
import { ranking } from './protocols/ranking.ts'
import type { ProtocolReader, ReadOptions } from './protocols/reading.ts'
import { sampledLeaveOneOut } from './protocols/sampledLeaveOneOut.ts'
import { session } from './protocols/session.ts'
import { transactions } from './protocols/transactions.ts'
import { SealedTest, type TrainingPart } from './sealedTest.ts'

type MeasuredProtocol = keyof typeof MEASURES

const READERS: Readonly<Record<MeasuredProtocol, ProtocolReader>> = {
  ranking,
  'sampled-leave-one-out': sampledLeaveOneOut,
  'next-item': nextItem,
  session,
  'next-basket': nextBasket,
  transactions,
}

/** A data set folder, read for one evaluation. */
export interface OpenedDataset {
  readonly name: string
  readonly title: string
  readonly protocol: MeasuredProtocol
  readonly measures: Measures
  readonly training: TrainingPart
  readonly test: SealedTest
  /** What a person should know about the data. Grows when the test is opened. */
  readonly notes: readonly string[]
}

/**
 * Reads the training part of a data set and seals its test part: where that has tables of its own, they are not read
 * before it is opened.
 * Cost: about 1 s for a million rows.
 * @throws TRAINING_NO_TEST_PART, TRAINING_EMPTY_DATA, and what reading a folder and its tables throws
 */
export async function openDataset(folder: string, options: ReadOptions): Promise<OpenedDataset> {
  const dataset = await readDataset(folder)
  const { name, title, protocol } = dataset
  if (protocol === 'ratings') {
    throw trainingErrors.TRAINING_NO_TEST_PART(`${folder}: a ratings data set has no split.`)
  }
  const tables = new DatasetTables(dataset)
  const { training, readTest } = await READERS[protocol](tables, options)
  return {
    name,
    title,
    protocol,
    measures: MEASURES[protocol],
    training,
    test: new SealedTest(readTest),
    notes: tables.notes,
  }
}
