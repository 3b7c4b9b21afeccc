import type { Arguments, Command } from './command.ts'
import { COMMANDS, type ListedCommand } from './commandTable.ts'
import { cliErrors } from './errors.ts'
import { commandHelp, overview } from './help.ts'
import { type Output, Terminal } from './terminal.ts'

/**
 * Runs one command line.
 * @param patienceMs time after which a person is told what takes so long; 2 s when not given
 * @returns the exit code
 */
export async function runCommandLine(
  argv: readonly string[],
  out: Output,
  err: Output,
  patienceMs?: number,
): Promise<number> {
  const terminal = new Terminal(argv.includes('--json'), out, err, patienceMs)
  let code = 0
  try {
    code = await dispatch(argv, terminal)
  } catch (error) {
    code = terminal.failure(error)
  }
  await terminal.flush()
  return code
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [first = 'help', ...rest] = argv
  if (HELP.has(first)) return help(rest, terminal)
  const listed = await find(first === '--version' || first === '-v' ? 'version' : first)
  const command = await listed.load()
  const args =
    command.passesOn === true ? passedOn(rest) : await checked(listed.name, command, rest)
  if (args.on('help')) return help([listed.name], terminal)
  const outcome = await command.run(args, terminal)
  if (outcome !== undefined) terminal.result(outcome)
  return outcome?.exitCode ?? 0
}

const HELP = new Set(['help', '--help', '-h'])

async function help(rest: readonly string[], terminal: Terminal): Promise<number> {
  const name = rest.find((word) => !word.startsWith('-'))
  const listed = name === undefined ? undefined : await find(name)
  const words = listed === undefined ? overview(COMMANDS) : commandHelp(listed, await listed.load())
  terminal.result({ json: { help: words }, words: terminal.json ? '' : words })
  return 0
}

async function find(name: string): Promise<ListedCommand> {
  const listed = COMMANDS.find((known) => known.name === name)
  if (listed !== undefined) return listed
  const { closest } = await import('../base/index.ts')
  const meant = closest(name, [...COMMANDS.map((known) => known.name), 'help'])
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  throw cliErrors.CLI_UNKNOWN_COMMAND(`there is no command ${JSON.stringify(name)}${hint}`)
}

async function checked(
  name: string,
  command: Command,
  argv: readonly string[],
): Promise<Arguments> {
  const { readArguments } = await import('./arguments.ts')
  return readArguments(name, command, argv)
}

function passedOn(positionals: readonly string[]): Arguments {
  return { positionals, text: () => undefined, number: () => undefined, on: () => false }
}
