import { spawn } from 'node:child_process'
import type { Command } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { INSTALLATION } from '../installation.ts'

export const benchCommand: Command = {
  positionals: '<name>',
  minPositionals: 0,
  maxPositionals: 100,
  options: {},
  examples: ['attune bench ingest --json', 'attune bench decide'],
  passesOn: true,
  run: async ({ positionals }) => {
    const code = await runBench(positionals)
    if (code !== 0) throw cliErrors.CLI_UNEXPECTED(`the bench ended with exit code ${code}`)
    return undefined
  },
}

function runBench(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`${INSTALLATION}bench/main.ts`, ...args], {
      stdio: 'inherit',
    })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}
