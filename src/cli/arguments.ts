import { parseArgs } from 'node:util'
import { closest } from '../app/index.ts'
import { type Arguments, type Command, COMMON_OPTIONS, type Option } from './command.ts'
import { cliErrors } from './errors.ts'

/**
 * Checks a command line against the command's declaration.
 * @throws CLI_UNKNOWN_OPTION naming the closest one, CLI_BAD_ARGUMENT
 */
export function readArguments(command: Command, argv: readonly string[]): Arguments {
  const options = { ...COMMON_OPTIONS, ...command.options }
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
    values.set(token.name, readOption(command, options, token.rawName, token.name, token.value))
  }
  if (values.get('help') !== true) checkPositionals(command, positionals)
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

function readOption(
  command: Command,
  options: Readonly<Record<string, Option>>,
  rawName: string,
  name: string,
  value: string | undefined,
): string | boolean {
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  if (option === undefined) throw unknownOption(command, options, rawName, name)
  if (option.kind === 'switch') {
    if (value === undefined) return true
    throw cliErrors.CLI_BAD_ARGUMENT(`${rawName} takes no value, but has ${JSON.stringify(value)}`)
  }
  if (value === undefined || value === '') {
    throw cliErrors.CLI_BAD_ARGUMENT(
      `${rawName} needs a value: ${rawName} ${option.value ?? 'VALUE'}`,
    )
  }
  if (option.kind === 'number' && !/^-?\d+(?:\.\d+)?$/.test(value)) {
    throw cliErrors.CLI_BAD_ARGUMENT(`${rawName} needs a number, not ${JSON.stringify(value)}`)
  }
  return value
}

function unknownOption(
  command: Command,
  options: Readonly<Record<string, Option>>,
  rawName: string,
  name: string,
): Error {
  const meant = closest(name, Object.keys(options))
  const hint = meant === undefined ? '' : `; did you mean --${meant}?`
  return cliErrors.CLI_UNKNOWN_OPTION(`attune ${command.name} has no option ${rawName}${hint}`)
}

function checkPositionals(command: Command, positionals: readonly string[]): void {
  const usage = `attune ${command.name} ${command.positionals}`.trim()
  if (positionals.length < command.minPositionals) {
    throw cliErrors.CLI_BAD_ARGUMENT(`an argument is missing: ${usage}`)
  }
  const surplus = positionals[command.maxPositionals]
  if (surplus !== undefined) {
    throw cliErrors.CLI_BAD_ARGUMENT(`unexpected argument ${JSON.stringify(surplus)}: ${usage}`)
  }
}
