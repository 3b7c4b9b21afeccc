import type { Config } from '../../app/index.ts'
import { AttuneError } from '../../base/index.ts'
import type { Arguments, Command } from '../command.ts'
import type { Outcome } from '../outcome.ts'
import { configOf } from '../configOf.ts'
import { cliErrors } from '../errors.ts'
import { type Finding, findings } from '../checkup.ts'
import type { Terminal } from '../terminal.ts'

export const doctorCommand: Command = {
  positionals: '',
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    port: { kind: 'number', value: 'N', about: 'port that a start would use' },
    deep: { kind: 'switch', about: 'open workspaces that no server has, and look inside' },
  },
  examples: ['attune doctor', 'attune doctor --deep --data /srv/attune --json'],
  run: async (args, terminal) => report(await checkedFindings(args, terminal)),
}

async function checkedFindings(args: Arguments, terminal: Terminal): Promise<readonly Finding[]> {
  let config: Config
  try {
    config = configOf(args)
  } catch (error) {
    if (!(error instanceof AttuneError)) throw error
    const { message, remedy } = error
    return [{ check: 'configuration', state: 'wrong', detail: message, remedy }]
  }
  return findings(config, args.on('deep'), terminal)
}

const MARKS = { fine: 'ok   ', note: 'note ', wrong: 'WRONG' } as const

function report(found: readonly Finding[]): Outcome {
  const healthy = !found.some(({ state }) => state === 'wrong')
  const lines = found.map(({ check, state, detail, remedy }) => {
    const mend = remedy === undefined ? '' : `\n        ${remedy}`
    return `${MARKS[state]}  ${check}: ${detail}${mend}`
  })
  const verdict = healthy ? 'Nothing is wrong.' : cliErrors.CLI_DOCTOR_FOUND().message
  const json = {
    healthy,
    checks: found.map((finding) => ({ ...finding })),
    ...(healthy ? {} : { error: { code: 'CLI_DOCTOR_FOUND', message: verdict } }),
  }
  return { json, words: `${lines.join('\n')}\n\n${verdict}`, exitCode: healthy ? 0 : 1 }
}
