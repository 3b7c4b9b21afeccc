import { parseArgs } from 'node:util'
import { closest } from '../base/index.ts'
import { type Arguments, type Command, SHARED_OPTIONS, type Option } from './command.ts'
import { cliErrors } from './errors.ts'

/**
 * Checks a command line against the command's declaration.
 * @throws CLI_UNKNOWN_OPTION naming the closest one, CLI_BAD_ARGUMENT
 */
export function readArguments(
  called: string,
  command: Command,
  argv: readonly string[],
): Arguments {
  const options = { ...SHARED_OPTIONS, ...command.options }
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { kind, short }]) => [
        name,
        {
          type: kind === 'switch' ? ('boolean' as const) : ('string' as const),
          ...(short === undefined ? {} : { short }),
        },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const values = new Map<string, string | boolean>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    values.set(token.name, readOption(called, options, token))
  }
  if (values.get('help') !== true) checkPositionals(called, command, positionals)
  return new CheckedArguments(positionals, values)
}

class CheckedArguments implements Arguments {
  readonly positionals: readonly string[]
  readonly #values: ReadonlyMap<string, string | boolean>

  constructor(positionals: readonly string[], values: ReadonlyMap<string, string | boolean>) {
    this.positionals = positionals
    this.#values = values
  }

  text(option: string): string | undefined {
    const value = this.#values.get(option)
    return typeof value === 'string' ? value : undefined
  }

  number(option: string): number | undefined {
    const value = this.text(option)
    return value === undefined ? undefined : Number(value)
  }

  on(option: string): boolean {
    return this.#values.get(option) === true
  }
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
}

function readOption(
  command: string,
  options: Readonly<Record<string, Option>>,
  { name, rawName, value }: OptionToken,
): string | boolean {
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  if (option === undefined) {
    const meant = closest(name, Object.keys(options))
    const hint = meant === undefined ? '' : `; did you mean --${meant}?`
    throw cliErrors.CLI_UNKNOWN_OPTION(`attune ${command} has no option ${rawName}${hint}`)
  }
  return option.kind === 'switch' ? readSwitch(rawName, value) : readValue(option, rawName, value)
}

function readSwitch(rawName: string, value: string | undefined): boolean {
  if (value === undefined) return true
  throw cliErrors.CLI_BAD_ARGUMENT(`${rawName} takes no value, but has ${JSON.stringify(value)}`)
}

function readValue(option: Option, rawName: string, value: string | undefined): string {
  if (value === undefined || value === '') {
    const form = `${rawName} ${option.value ?? 'VALUE'}`
    throw cliErrors.CLI_BAD_ARGUMENT(`${rawName} needs a value: ${form}`)
  }
  if (option.kind === 'number' && !/^-?\d+(?:\.\d+)?$/.test(value)) {
    throw cliErrors.CLI_BAD_ARGUMENT(`${rawName} needs a number, not ${JSON.stringify(value)}`)
  }
  return value
}

function checkPositionals(name: string, command: Command, positionals: readonly string[]): void {
  const usage = `attune ${name} ${command.positionals}`.trim()
  if (positionals.length < command.minPositionals) {
    throw cliErrors.CLI_BAD_ARGUMENT(`an argument is missing: ${usage}`)
  }
  const surplus = positionals[command.maxPositionals]
  if (surplus !== undefined) {
    throw cliErrors.CLI_BAD_ARGUMENT(`unexpected argument ${JSON.stringify(surplus)}: ${usage}`)
  }
}
