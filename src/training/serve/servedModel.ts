import { Worker } from 'node:worker_threads'
import type { HistoryEntry } from '../../profiles/index.ts'
import { SCORED_TOGETHER } from '../modelShare.ts'
import { PersonHistory } from '../personHistory.ts'
import { NO_OPINION, type Opinion } from './opinion.ts'
import type { Question, ThreadMessage, ThreadModel } from './opinionThread.ts'

const SCRIPT = new URL('./opinionThread.ts', import.meta.url)
/** Part of the longest wait; who by the pace so far would have to wait for more than that is not asked for. */
const EXPECTED_WAIT = 0.2
/** A thread that is to end and does not answer is ended. */
const LONGEST_CLOSING_MS = 5_000
/** Part of the newest measurement in the mean time of an answer. */
const SMOOTHING = 0.1

/** What a version is served with. */
export interface VersionFile {
  readonly version: string
  readonly file: Uint8Array
  /** Weight beside the live counts, above 0 and up to 1. */
  readonly weight: number
  /** Whether the parts of its scores can be told quickly enough. */
  readonly explains: boolean
}

interface Waiting {
  readonly people: number
  readonly answer: (opinions: readonly Opinion[]) => void
}

interface Single {
  readonly history: readonly HistoryEntry[]
  readonly answer: (opinion: Opinion) => void
}

/**
 * A trained model in service, in a thread of its own: it may take milliseconds for a person without keeping others waiting.
 * It never fails: after a fault of the model it has nothing to say, and decisions go on without it.
 */
export class ServedModel {
  readonly version: string
  readonly weight: number
  /** Name of the kind of model. */
  readonly name: string
  /** Items that it knows; those with higher numbers are newer than it. */
  readonly items: number
  /** What made it fall silent, if anything. */
  fault: unknown
  readonly #worker: Worker
  readonly #history = new PersonHistory()
  readonly #waiting = new Map<number, Waiting>()
  /** Decisions that wait for those who are asked for. */
  readonly #next: Single[] = []
  #asking = false
  #asked = 0
  #people = 0
  #pace = 1
  #closing = false

  private constructor(
    { version, weight }: VersionFile,
    worker: Worker,
    { name, items }: { readonly name: string; readonly items: number },
  ) {
    this.version = version
    this.weight = weight
    this.name = name
    this.items = items
    this.#worker = worker
    worker.on('message', (message: ThreadMessage) => this.#hear(message))
    worker.on('error', (error) => this.#silence(error))
    worker.on('exit', () => this.#silence(new Error('The thread of the model ended.')))
    worker.unref()
  }

  /**
   * Starts the thread and waits until it has read the model. The bytes of the file are handed over to it.
   * @throws an Error in words when the file is of an unknown kind or format; its checksum is the registry's business
   */
  static async open(version: VersionFile): Promise<ServedModel> {
    const { file, explains } = version
    const model: ThreadModel = { file, explains }
    const { buffer } = file
    // Handing a large file over saves the thread of decisions a tenth of a second of copying.
    const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === file.byteLength
    const transferList = isWhole ? [buffer] : []
    const worker = new Worker(SCRIPT, { workerData: model, transferList, execArgv: [] })
    const { promise, resolve, reject } = Promise.withResolvers<ServedModel>()
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('The thread of the model ended.')))
    worker.once('message', (message: ThreadMessage) => {
      if ('ready' in message) resolve(new ServedModel(version, worker, message.ready))
      else reject(new Error('failed' in message ? message.failed : 'no model'))
    })
    try {
      return await promise
    } catch (error) {
      await worker.terminate()
      throw error
    }
  }

  /** Mean time of the thread for one person lately, milliseconds. */
  get pace(): number {
    return this.#pace
  }

  /** Milliseconds until an answer to somebody who is asked for now, as far as can be told. */
  get delay(): number {
    return (this.#people + this.#next.length + 1) * this.#pace
  }

  /**
   * What the model says of a person by what the person did, also of somebody whom it never saw. Undefined when so many
   * wait that a decision had better go on without: nobody is asked for then.
   * @param history newest entry last
   * @param waitMs the longest wait; who would have to wait for more than a fifth of it is not asked for
   */
  async ask(history: readonly HistoryEntry[], waitMs: number): Promise<Opinion | undefined> {
    const isBusy = this.#waiting.size + this.#next.length > 0
    if (this.delay > EXPECTED_WAIT * waitMs && isBusy) return undefined
    const late = Promise.withResolvers<undefined>()
    const timer = setTimeout(() => late.resolve(undefined), waitMs)
    const opinion = await Promise.race([this.#together(history), late.promise])
    clearTimeout(timer)
    return opinion
  }

  /** Asks for those together who come while others are asked for: they are scored at little more than the price of one. */
  #together(history: readonly HistoryEntry[]): Promise<Opinion> | Opinion {
    if (this.#closing) return NO_OPINION
    const { promise, resolve } = Promise.withResolvers<Opinion>()
    this.#next.push({ history, answer: resolve })
    if (!this.#asking) void this.#askNext()
    return promise
  }

  async #askNext(): Promise<void> {
    this.#asking = true
    while (this.#next.length > 0) {
      const some = this.#next.splice(0, SCORED_TOGETHER)
      const opinions = await this.#send(some.map(({ history }) => history))
      for (const [k, { answer }] of some.entries()) answer(opinions[k] ?? NO_OPINION)
    }
    this.#asking = false
  }

  /** The same for several at once, however many wait; in their order. */
  async askAll(people: readonly (readonly HistoryEntry[])[]): Promise<readonly Opinion[]> {
    if (this.#closing) return people.map(() => NO_OPINION)
    return this.#send(people)
  }

  async #send(people: readonly (readonly HistoryEntry[])[]): Promise<readonly Opinion[]> {
    if (this.fault !== undefined) return people.map(() => NO_OPINION)
    const { promise, resolve } = Promise.withResolvers<readonly Opinion[]>()
    try {
      const question: Question = {
        id: ++this.#asked,
        histories: this.#history.readAll(people, this.items),
      }
      this.#worker.postMessage(question, [])
      this.#people += people.length
      this.#waiting.set(question.id, { people: people.length, answer: resolve })
      // A process that has nothing else to do waits for the answer.
      this.#worker.ref()
    } catch (error) {
      this.#silence(error)
      return people.map(() => NO_OPINION)
    }
    return promise
  }

  /** Answers what was asked, and ends the thread. */
  async close(): Promise<void> {
    this.#closing = true
    if (this.#waiting.size + this.#next.length === 0) await this.#end()
    else setTimeout(() => void this.#end(), LONGEST_CLOSING_MS).unref()
  }

  async #end(): Promise<void> {
    this.#silence(new Error('The model is no longer in service.'))
    await this.#worker.terminate()
  }

  #hear(message: ThreadMessage): void {
    if ('failed' in message) return this.#silence(new Error(message.failed))
    if (!('opinions' in message)) return
    const waiting = this.#waiting.get(message.id)
    if (waiting === undefined) return
    this.#waiting.delete(message.id)
    if (this.#waiting.size === 0) this.#worker.unref()
    this.#people -= waiting.people
    this.#pace += SMOOTHING * (message.ms / waiting.people - this.#pace)
    waiting.answer(message.opinions)
    if (this.#closing && this.#waiting.size + this.#next.length === 0) void this.#end()
  }

  /** Nothing more comes from the thread: whoever waits goes on without. */
  #silence(fault: unknown): void {
    this.fault ??= fault
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    this.#people = 0
    for (const { people, answer } of waiting) {
      answer(Array.from({ length: people }, () => NO_OPINION))
    }
    void this.#worker.terminate()
  }
}
