#!/usr/bin/env node
import { closest } from '../app/index.ts'
import { readArguments } from './arguments.ts'
import type { Arguments, Command } from './command.ts'
import { benchCommand } from './commands/bench.ts'
import { doctorCommand } from './commands/doctor.ts'
import { evaluateCommand } from './commands/evaluate.ts'
import { importCommand } from './commands/import.ts'
import { keysCommand } from './commands/keys.ts'
import { profileCommand } from './commands/profile.ts'
import { rebuildCommand } from './commands/rebuild.ts'
import { recommendCommand } from './commands/recommend.ts'
import { startCommand } from './commands/start.ts'
import { versionCommand } from './commands/version.ts'
import { workspacesCommand } from './commands/workspaces.ts'
import { cliErrors } from './errors.ts'
import { commandHelp, overview } from './help.ts'
import { Terminal } from './terminal.ts'

const COMMANDS: readonly Command[] = [
  startCommand,
  importCommand,
  recommendCommand,
  profileCommand,
  doctorCommand,
  keysCommand,
  workspacesCommand,
  rebuildCommand,
  evaluateCommand,
  benchCommand,
  versionCommand,
]

async function main(argv: readonly string[]): Promise<number> {
  const terminal = new Terminal(argv.includes('--json'), process.stdout, process.stderr)
  let code = 0
  try {
    await runCommandLine(argv, terminal)
  } catch (error) {
    code = terminal.failure(error)
  }
  await terminal.flush()
  return code
}

async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<void> {
  const [first, ...rest] = argv
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    const about = rest.find((word) => !word.startsWith('-'))
    const words = about === undefined ? overview(COMMANDS) : commandHelp(commandOf(about))
    terminal.result({ json: { help: words }, words: terminal.json ? '' : words })
    return
  }
  const command = commandOf(first === '--version' || first === '-v' ? 'version' : first)
  const args = command.passesOn === true ? passedOn(rest) : readArguments(command, rest)
  if (args.on('help')) {
    const words = commandHelp(command)
    terminal.result({ json: { help: words }, words: terminal.json ? '' : words })
    return
  }
  const outcome = await command.run(args, terminal)
  if (outcome !== undefined) terminal.result(outcome)
}

function commandOf(name: string): Command {
  const command = COMMANDS.find((known) => known.name === name)
  if (command !== undefined) return command
  const meant = closest(name, [...COMMANDS.map((known) => known.name), 'help'])
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  throw cliErrors.CLI_UNKNOWN_COMMAND(`there is no command ${JSON.stringify(name)}${hint}`)
}

function passedOn(positionals: readonly string[]): Arguments {
  return { positionals, text: () => undefined, number: () => undefined, on: () => false }
}

process.exit(await main(process.argv.slice(2)))
