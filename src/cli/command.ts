import type { Outcome } from './outcome.ts'
import type { Terminal } from './terminal.ts'

/** One `--option`. */
export interface Option {
  readonly kind: 'text' | 'number' | 'switch'
  /** One letter for `-x`. */
  readonly short?: string
  /** Stands for the value in the help, such as DIR. */
  readonly value?: string
  readonly about: string
}

/** Arguments after they were checked against a command's declaration. */
export interface Arguments {
  readonly positionals: readonly string[]
  text(option: string): string | undefined
  number(option: string): number | undefined
  on(option: string): boolean
}

export interface Command {
  /** Positional arguments as the help shows them, such as `<userId>`. */
  readonly positionals: string
  readonly minPositionals: number
  readonly maxPositionals: number
  readonly options: Readonly<Record<string, Option>>
  readonly examples: readonly string[]
  /** Hands every argument on as it came, unchecked. */
  readonly passesOn?: boolean
  /** Undefined when the command has printed all there is to say itself. */
  run(args: Arguments, terminal: Terminal): Promise<Outcome | undefined>
}

/** Options that every command has. */
export const SHARED_OPTIONS: Readonly<Record<string, Option>> = {
  data: { kind: 'text', value: 'DIR', about: 'data directory (default ./.attune or ATTUNE_DATA)' },
  json: { kind: 'switch', about: 'one JSON object on standard output, words on standard error' },
  help: { kind: 'switch', short: 'h', about: 'help of the command' },
}

/** The option with which commands name their workspace. */
export const WORKSPACE_OPTION: Option = {
  kind: 'text',
  short: 'w',
  value: 'NAME',
  about: 'workspace to act on (default: the only one there is)',
}
