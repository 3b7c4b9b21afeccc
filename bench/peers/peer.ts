import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { median } from '../report.ts'
import type { Reply } from './side.ts'

/** How the comparisons are run. */
export interface PeerOptions {
  /** The Python that setup.sh prepared. */
  readonly python: string
  readonly rounds: number
  /** Numbers of threads to measure with. */
  readonly threads: readonly number[]
  /** Where prepared data is kept between runs. */
  readonly data: string
  /** Small shapes, to see that everything works; the figures mean little. */
  readonly short: boolean
  readonly say: (text: string) => void
}

/** One line of the result: ours over the peer's, beside the bar it is held to. */
export interface PeerRow {
  readonly what: string
  readonly ours: number
  readonly peer: number
  readonly unit: string
  readonly ratio: number
  /** The ratio is to be at most this; absent where the line only informs. */
  readonly bar?: number
}

/** A task of the comparison, by name in tasks.ts. */
export type PeerTask = (options: PeerOptions) => Promise<readonly PeerRow[]>

/** A process that does the same work as another one and answers requests one at a time. */
export class Side {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(command: string, args: readonly string[], env: Record<string, string>) {
    this.#child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    })
    const { stdout } = this.#child
    if (stdout === null) throw new Error(`${command} has no output`)
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
    started.add(this.#child)
    this.#child.once('exit', () => started.delete(this.#child))
  }

  /**
   * A Python script of this folder that calls serve() of side.py.
   * @param threads for libraries that use OpenMP; OpenBLAS always gets one, as implicit's documentation asks
   */
  static python(options: PeerOptions, script: string, threads = 1): Side {
    return new Side(options.python, [join(import.meta.dirname, script)], {
      OPENBLAS_NUM_THREADS: '1',
      OMP_NUM_THREADS: String(threads),
      PYTHONDONTWRITEBYTECODE: '1',
    })
  }

  /** A script of this folder that calls serve() of side.ts. */
  static attune(script: string): Side {
    return new Side(process.execPath, [join(import.meta.dirname, script)], {})
  }

  /** @throws where the process ends instead of answering */
  async ask(task: string, request: Reply = {}): Promise<Reply> {
    this.#child.stdin?.write(`${JSON.stringify({ ...request, task })}\n`)
    const line = await this.#lines.next()
    if (line.done === true) throw new Error(`a side ended while it worked on "${task}"`)
    return JSON.parse(line.value) as Reply
  }

  /** A number of the answer. */
  async askNumber(task: string, request: Reply, name = 'seconds'): Promise<number> {
    return Number((await this.ask(task, request))[name])
  }

  stop(): void {
    this.#child.stdin?.end()
    this.#child.kill('SIGTERM')
  }
}

const started = new Set<ChildProcess>()
process.on('exit', () => started.forEach((child) => child.kill('SIGKILL')))

/**
 * Both measure in turn, `rounds` times, the second round in reverse order and so on. The ratio is the median
 * of the rounds' ratios: what slows the machine for a moment slows neighbours alike.
 */
export async function interleaved(
  rounds: number,
  ours: () => Promise<number>,
  peer: () => Promise<number>,
): Promise<{ ours: number; peer: number; ratio: number }> {
  const mine: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) mine.push(await ours())
    theirs.push(await peer())
    if (round % 2 === 1) mine.push(await ours())
  }
  const ratios = mine.map((value, round) => value / (theirs[round] ?? Number.NaN))
  return { ours: median(mine), peer: median(theirs), ratio: median(ratios) }
}
