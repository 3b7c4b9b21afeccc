import { createWorkspace, listWorkspaces } from '../../app/index.ts'
import { readRuntimeFile } from '../../server/index.ts'
import type { Command } from '../command.ts'
import type { Outcome } from '../outcome.ts'
import { configOf } from '../configOf.ts'
import { makeDataDirectory } from '../dataDirectory.ts'
import { cliErrors } from '../errors.ts'

export const workspacesCommand: Command = {
  positionals: '[list | create <name>]',
  minPositionals: 0,
  maxPositionals: 2,
  options: {},
  examples: ['attune workspaces', 'attune workspaces create retail --json'],
  run: (args) => {
    const [action = 'list', name] = args.positionals
    const { data } = configOf(args)
    if (action === 'list' && name === undefined) return Promise.resolve(list(data))
    if (action === 'create' && name !== undefined) return Promise.resolve(create(data, name))
    throw cliErrors.CLI_BAD_ARGUMENT(
      'write `attune workspaces list` or `attune workspaces create <name>`',
    )
  },
}

function list(data: string): Outcome {
  const workspaces = listWorkspaces(data)
  const none = `${data} holds no workspace yet`
  return {
    json: { data, workspaces },
    words: workspaces.length === 0 ? none : workspaces.join('\n'),
  }
}

function create(data: string, name: string): Outcome {
  makeDataDirectory(data)
  const { writeKey, secretKey, directory } = createWorkspace(data, name, Date.now())
  const later =
    readRuntimeFile(data) === undefined ? '' : '\nThe running server serves it after a restart.'
  return {
    json: { workspace: name, directory, writeKey, secretKey },
    words: `Workspace ${name} in ${directory}
  write key   ${writeKey}
  secret key  ${secretKey}
The keys are stored hashed: this is the only time that they are shown.${later}`,
  }
}
