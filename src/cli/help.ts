import { type Command, SHARED_OPTIONS, type Option } from './command.ts'
import type { ListedCommand } from './commandTable.ts'

/** The overview: every command in a line. */
export function overview(commands: readonly ListedCommand[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const lines = commands.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`)
  return `Attune learns who a person is from what they do, decides what to show next, and explains why.

Usage: attune <command> [options]

${lines.join('\n')}

Every command takes --json and --help. Begin with:
  attune start --demo`
}

/** Usage, options and examples of one command. */
export function commandHelp({ name: called, about }: ListedCommand, command: Command): string {
  const options = { ...command.options, ...SHARED_OPTIONS }
  const rows = Object.entries(options).map(([name, option]) => [
    optionName(name, option),
    option.about,
  ])
  const width = Math.max(...rows.map(([name = '']) => name.length))
  const lines = rows.map(([name = '', meaning = '']) => `  ${name.padEnd(width)}  ${meaning}`)
  const usage = `attune ${called} ${command.positionals}`.trim()
  return `${about}

Usage: ${usage} [options]

Options:
${lines.join('\n')}

Examples:
${command.examples.map((example) => `  ${example}`).join('\n')}`
}

function optionName(name: string, { kind, short, value }: Option): string {
  const letter = short === undefined ? '    ' : `-${short}, `
  return `${letter}--${name}${kind === 'switch' ? '' : ` ${value ?? 'VALUE'}`}`
}
