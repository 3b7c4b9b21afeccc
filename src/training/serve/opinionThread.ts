import { parentPort, type Transferable, workerData } from 'node:worker_threads'
import { decodeModel, type Histories, historyOf } from '../../models/index.ts'
import { type Opinion, OpinionReader } from './opinion.ts'

/** What the thread is started with. */
export interface ThreadModel {
  /** In shared memory, or copied. */
  readonly file: Uint8Array
  readonly explains: boolean
}

/** Some people to be asked for together. */
export interface Question {
  readonly id: number
  readonly histories: Histories
}

/** What the thread says: what it holds once it is ready, then an answer to each question. */
export type ThreadMessage =
  | { readonly ready: { readonly name: string; readonly items: number } }
  | { readonly id: number; readonly opinions: readonly Opinion[]; readonly ms: number }
  | { readonly failed: string }

function buffersOf(opinions: readonly Opinion[]): readonly Transferable[] {
  return opinions
    .flatMap(({ items, scores, because, shares }) => [items, scores, because, shares])
    .filter(({ length }) => length > 0)
    .map(({ buffer }) => buffer as ArrayBuffer)
}

/** Milliseconds that this thread has worked, in steps of up to 4 ms. */
function worked(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

function main(): void {
  const parent = parentPort
  if (parent === null) throw new Error('This file runs as a worker thread only.')
  const post = (message: ThreadMessage, transfer: readonly Transferable[] = []): void =>
    parent.postMessage(message, transfer)
  const failed = (error: unknown): void =>
    post({ failed: error instanceof Error ? error.message : String(error) })
  try {
    const { file, explains } = workerData as ThreadModel
    const { recommender } = decodeModel(file, true)
    const reader = new OpinionReader(recommender, explains)
    parent.on('message', ({ id, histories }: Question) => {
      try {
        const begin = worked()
        const opinions =
          histories.people === 1
            ? [reader.read(historyOf(histories, 0))]
            : reader.readAll(histories)
        post({ id, opinions, ms: worked() - begin }, buffersOf(opinions))
      } catch (error) {
        failed(error)
      }
    })
    post({ ready: { name: recommender.name, items: recommender.items } })
  } catch (error) {
    failed(error)
  }
}

main()
