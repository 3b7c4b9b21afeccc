import type { Command } from '../command.ts'
import { cliErrors } from '../errors.ts'

export const evaluateCommand: Command = {
  positionals: '',
  minPositionals: 0,
  maxPositionals: 100,
  options: {},
  examples: ['attune evaluate'],
  run: () =>
    Promise.reject(cliErrors.CLI_NOT_IN_THIS_VERSION('attune evaluate is not in this version')),
}
