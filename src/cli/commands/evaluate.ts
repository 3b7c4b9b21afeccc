import { availableParallelism, totalmem } from 'node:os'
import { isJsonObject, type JsonObject } from '../../base/index.ts'
import {
  evaluateModel,
  openDataset,
  reportInJson,
  reportInWords,
  TASKS,
  type Task,
} from '../../training/index.ts'
import type { Arguments, Command } from '../command.ts'
import { evaluateAll } from '../evaluateAll.ts'
import { cliErrors } from '../errors.ts'
import type { Outcome } from '../outcome.ts'
import type { Terminal } from '../terminal.ts'

export const evaluateCommand: Command = {
  positionals: '<dataset folder>',
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    model: {
      kind: 'text',
      short: 'm',
      value: 'NAME',
      about: 'a model, auto (default: a blend of what suits the data, ordered by trees) or all',
    },
    params: {
      kind: 'text',
      value: 'JSON',
      about: 'parameters of the model; nothing is chosen then (auto: its members)',
    },
    task: { kind: 'text', value: 'TASK', about: 'of transactions: all or new (default: both)' },
    seed: { kind: 'number', value: 'N', about: 'where everything random comes from (default 1)' },
    threads: { kind: 'number', value: 'N', about: 'threads of a fit (default: one a core)' },
    'no-attributes': { kind: 'switch', about: 'leave the items table out' },
  },
  examples: [
    'attune evaluate datasets/shop',
    'attune evaluate datasets/shop --model ease --params \'{"l2":500}\' --json',
    'attune evaluate datasets/shop --model all --threads 2',
  ],
  run: runEvaluate,
}

async function runEvaluate(args: Arguments, terminal: Terminal): Promise<Outcome> {
  const folder = args.positionals[0] ?? ''
  const options = readOptions(args)
  if (args.text('model') === 'all') return evaluateAll([folder, ...passedOn(args)], terminal)
  const line = new ProgressLine(terminal)
  const dataset = await terminal.during(
    `Reading ${folder}`,
    openDataset(folder, { attributes: !args.on('no-attributes') }),
  )
  const task = options.tasks?.find((asked) => !dataset.training.tasks.includes(asked))
  if (task !== undefined) {
    const known = dataset.training.tasks.join(', ')
    throw cliErrors.CLI_BAD_ARGUMENT(`--task ${task}: ${dataset.name} has only: ${known}`)
  }
  const report = await evaluateModel(dataset, {
    ...options,
    model: args.text('model') ?? 'auto',
    memoryLimit: memoryLimit(),
    meter: METER,
    progress: (step, done) => line.show(step, done),
    say: (words) => line.say(words),
  })
  line.end()
  const words = reportInWords(dataset, report)
  return { json: reportInJson(dataset, report), words: terminal.json ? '' : words }
}

interface Options {
  readonly seed: number
  readonly threads: number
  readonly parameters?: JsonObject
  readonly tasks?: readonly Task[]
}

function readOptions(args: Arguments): Options {
  const task = args.text('task')
  const params = args.text('params')
  const model = args.text('model') ?? 'auto'
  if (params !== undefined && model === 'all') {
    throw cliErrors.CLI_BAD_ARGUMENT('--params needs --model with the name of a model')
  }
  const found = TASKS.find((known) => known === task)
  if (task !== undefined && found === undefined) {
    throw cliErrors.CLI_BAD_ARGUMENT(
      `--task must be ${TASKS.join(' or ')}, not ${JSON.stringify(task)}`,
    )
  }
  return {
    seed: whole(args, 'seed', 0) ?? 1,
    threads: whole(args, 'threads', 1) ?? availableParallelism(),
    ...(found && { tasks: [found] }),
    ...(params !== undefined && { parameters: parsedParams(params) }),
  }
}

/** The options that hold for each of all models. */
function passedOn(args: Arguments): readonly string[] {
  const texts = ['task', 'seed', 'threads'].flatMap((name) => {
    const text = args.text(name)
    return text === undefined ? [] : [`--${name}`, text]
  })
  return args.on('no-attributes') ? [...texts, '--no-attributes'] : texts
}

function whole(args: Arguments, option: string, least: number): number | undefined {
  const value = args.number(option)
  if (value === undefined || (Number.isInteger(value) && value >= least)) return value
  throw cliErrors.CLI_BAD_ARGUMENT(`--${option} must be a whole number, ${least} or more`)
}

function parsedParams(text: string): JsonObject {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    parsed = undefined
  }
  if (isJsonObject(parsed)) return parsed
  throw cliErrors.CLI_BAD_ARGUMENT(`--params must be a JSON object, such as '{"l2":500}'`)
}

/** What is left when the machine keeps a third for everything else. */
function memoryLimit(): number {
  const limit = process.constrainedMemory()
  return (2 / 3) * (limit > 0 ? Math.min(limit, totalmem()) : totalmem())
}

const METER = {
  wallMs: () => performance.now(),
  cpuMs: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  },
  peakBytes: () => process.resourceUsage().maxRSS * 1_024,
}

const REDRAW_MS = 100
const LINE_EVERY_MS = 10_000

/** One line that is redrawn where a person watches, else one now and then. */
class ProgressLine {
  readonly #terminal: Terminal
  #shownAt = performance.now()
  #drawn = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  show(step: string, done: number): void {
    const now = performance.now()
    const { watched, columns } = this.#terminal
    if (done === 0 || now - this.#shownAt < (watched ? REDRAW_MS : LINE_EVERY_MS)) return
    this.#shownAt = now
    const text = `${step} … ${Math.floor(done * 100)} %`
    if (watched) this.#terminal.redraw(text.slice(0, columns))
    else this.#terminal.say(text)
    this.#drawn = watched
  }

  say(words: string): void {
    this.end()
    this.#terminal.say(words)
  }

  /** Leaves the line empty. */
  end(): void {
    if (this.#drawn) this.#terminal.redraw('')
    this.#drawn = false
  }
}
