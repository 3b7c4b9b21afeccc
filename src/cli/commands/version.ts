import type { Command } from '../command.ts'
import { installedVersion } from '../installation.ts'

export const versionCommand: Command = {
  positionals: '',
  minPositionals: 0,
  maxPositionals: 0,
  options: {},
  examples: ['attune version', 'attune version --json'],
  run: () => {
    const version = installedVersion()
    const node = process.versions.node
    return Promise.resolve({ json: { version, node }, words: `attune ${version} (node ${node})` })
  },
}
