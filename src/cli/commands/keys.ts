import {
  createKey,
  type KeyRole,
  listKeys,
  revokeKey,
  rotateKey,
  workspaceDirectory,
} from '../../app/index.ts'
import type { Json } from '../../base/index.ts'
import { readRuntimeFile } from '../../server/index.ts'
import { chooseWorkspace } from '../chooseWorkspace.ts'
import { type Arguments, type Command, WORKSPACE_OPTION } from '../command.ts'
import type { Outcome } from '../outcome.ts'
import { configOf } from '../configOf.ts'
import { cliErrors } from '../errors.ts'
import { ServerClient } from '../serverClient.ts'
import { objectIn, textIn } from '../jsonReading.ts'

export const keysCommand: Command = {
  positionals: '[list | create | rotate | revoke <id>]',
  minPositionals: 0,
  maxPositionals: 2,
  options: {
    workspace: WORKSPACE_OPTION,
    role: { kind: 'text', value: 'ROLE', about: 'write or secret; for create and rotate' },
  },
  examples: [
    'attune keys',
    'attune keys create --role write',
    'attune keys rotate --role secret --workspace retail',
    'attune keys revoke 3f9a01bc22de',
  ],
  run: async (args) => {
    const config = configOf(args)
    const name = chooseWorkspace(config)
    const runtime = readRuntimeFile(config.data)
    const keyring =
      runtime !== undefined && runtime.workspaces.includes(name)
        ? servedKeyring(new ServerClient(runtime, name))
        : ownKeyring(workspaceDirectory(config.data, name))
    return act(args, keyring)
  },
}

/** The keys of a workspace: a running server must hear of a change, or it would go on taking old keys. */
interface Keyring {
  list(): Promise<Json>
  create(role: KeyRole): Promise<Json>
  rotate(role: KeyRole): Promise<Json>
  revoke(id: string): Promise<Json>
}

async function act(args: Arguments, keyring: Keyring): Promise<Outcome> {
  const [action = 'list', id] = args.positionals
  if (action === 'list') return listed(await keyring.list())
  if (action === 'create') return shown(await keyring.create(roleOf(args)))
  if (action === 'rotate') return shown(await keyring.rotate(roleOf(args)))
  if (action === 'revoke' && id !== undefined) {
    await keyring.revoke(id)
    return { json: { revoked: id }, words: `Key ${id} no longer works.` }
  }
  throw cliErrors.CLI_BAD_ARGUMENT('write `attune keys list`, `create`, `rotate` or `revoke <id>`')
}

function ownKeyring(directory: string): Keyring {
  return {
    list: () =>
      Promise.resolve({
        keys: listKeys(directory).map(({ id, role, createdAt }) => ({ id, role, createdAt })),
      }),
    create: (role) => Promise.resolve({ ...createKey(directory, role, Date.now()) }),
    rotate: (role) => Promise.resolve({ ...rotateKey(directory, role, Date.now()) }),
    revoke: (id) => {
      revokeKey(directory, id)
      return Promise.resolve({ revoked: id })
    },
  }
}

function servedKeyring(client: ServerClient): Keyring {
  return {
    list: () => client.get('/v1/keys'),
    create: (role) => client.post('/v1/keys', JSON.stringify({ role })),
    rotate: (role) => client.post('/v1/keys/rotate', JSON.stringify({ role })),
    revoke: (id) => client.delete(`/v1/keys/${encodeURIComponent(id)}`),
  }
}

function roleOf(args: Arguments): KeyRole {
  const role = args.text('role')
  if (role === 'write' || role === 'secret') return role
  throw cliErrors.CLI_BAD_ARGUMENT('say which keys: --role write or --role secret')
}

function listed(answer: Json): Outcome {
  const json = objectIn(answer)
  const keys = Array.isArray(json['keys']) ? json['keys'].map(objectIn) : []
  const lines = keys.map(({ id, role, createdAt }) => {
    const made = new Date(Number(createdAt)).toISOString().slice(0, 10)
    return `${textIn(id)}  ${textIn(role).padEnd(6)}  since ${made}`
  })
  return { json, words: lines.length === 0 ? 'No keys.' : lines.join('\n') }
}

function shown(answer: Json): Outcome {
  const json = objectIn(answer)
  const words = `${textIn(json['role'])} key  ${textIn(json['key'])}
It is stored hashed: this is the only time that it is shown.`
  return { json, words }
}
