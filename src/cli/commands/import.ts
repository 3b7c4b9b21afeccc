import type { Command } from '../command.ts'
import { cliErrors } from '../errors.ts'

export const importCommand: Command = {
  name: 'import',
  about: 'Import events or items from a file or a folder',
  positionals: '<file or folder>',
  minPositionals: 1,
  maxPositionals: 1,
  options: {},
  examples: ['attune import events.ndjson.gz'],
  run: () => Promise.reject(cliErrors.CLI_NOT_IN_THIS_VERSION()),
}
