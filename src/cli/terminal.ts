import { AttuneError } from '../base/index.ts'
import { cliErrors } from './errors.ts'
import type { Outcome } from './outcome.ts'

/** A place to write to: standard output and error, or what a test listens to. */
export interface Output {
  write(text: string, written?: () => void): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

const PATIENCE_MS = 2_000
const REMIND_MS = 10_000

/** Where commands speak. With `--json`, standard output holds one JSON object and nothing else. */
export class Terminal {
  readonly json: boolean
  readonly #out: Output
  readonly #err: Output
  readonly #patienceMs: number

  /** @param patienceMs time after which a person is told what takes so long */
  constructor(json: boolean, out: Output, err: Output, patienceMs = PATIENCE_MS) {
    this.json = json
    this.#out = out
    this.#err = err
    this.#patienceMs = patienceMs
  }

  /** True when a person watches standard error, so that a line may be redrawn. */
  get watched(): boolean {
    return this.#err.isTTY === true
  }

  /** Columns of the watched terminal. */
  get columns(): number {
    return this.#err.columns ?? 80
  }

  /** Words on the way to the result; standard error. */
  say(words: string): void {
    this.#err.write(`${words}\n`)
  }

  /**
   * Waits for some work, and says so on standard error when it takes more than 2 s, and every 10 s from then on.
   * @param words what is done, such as `Opening workspace shop`
   */
  async during<T>(words: string | (() => string), work: Promise<T>): Promise<T> {
    const startedAt = performance.now()
    let timer = setTimeout(remind, this.#patienceMs, this)
    function remind(terminal: Terminal): void {
      const seconds = Math.round((performance.now() - startedAt) / 1_000)
      terminal.say(`${typeof words === 'string' ? words : words()} … (${seconds} s)`)
      timer = setTimeout(remind, REMIND_MS, terminal)
    }
    try {
      return await work
    } finally {
      clearTimeout(timer)
    }
  }

  /** Redraws the current line of a watched terminal. */
  redraw(line: string): void {
    this.#err.write(`\r\u001B[2K${line}`)
  }

  /** A line of standard output, for output that other programs read as it comes. */
  line(text: string): void {
    this.#out.write(`${text}\n`)
  }

  /** The result of the command. */
  result({ json, words }: Outcome): void {
    if (this.json) {
      this.line(JSON.stringify(json))
      if (words !== '') this.say(words)
    } else if (words !== '') {
      this.line(words)
    }
  }

  /** What went wrong. @returns the exit code: 2 for a wrong command line, else 1 */
  failure(error: unknown): number {
    const known = error instanceof AttuneError ? error : unexpected(error)
    const { code, message, remedy, status } = known
    if (this.json) this.line(JSON.stringify({ error: { code, message, remedy, status } }))
    this.say(`error ${code}: ${message}\n  ${remedy}`)
    return USAGE.has(code) ? 2 : 1
  }

  /** Resolves when everything written has left the process. */
  async flush(): Promise<void> {
    await Promise.all([drained(this.#out), drained(this.#err)])
  }
}

const USAGE = new Set(['CLI_UNKNOWN_COMMAND', 'CLI_UNKNOWN_OPTION', 'CLI_BAD_ARGUMENT'])

function unexpected(error: unknown): AttuneError {
  const message = error instanceof Error ? error.message : String(error)
  return cliErrors.CLI_UNEXPECTED(message, { cause: error })
}

function drained(stream: Output): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}
