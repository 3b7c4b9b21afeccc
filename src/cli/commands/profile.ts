import { chooseWorkspace } from '../chooseWorkspace.ts'
import { type Command, WORKSPACE_OPTION } from '../command.ts'
import { configOf } from '../configOf.ts'
import { cliErrors } from '../errors.ts'
import { openWorkspace } from '../openWorkspace.ts'
import { profilePage } from '../profilePage.ts'

export const profileCommand: Command = {
  positionals: '<userId>',
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    workspace: WORKSPACE_OPTION,
    by: { kind: 'text', value: 'TYPE', about: 'user_id (default), anonymous_id, email …' },
  },
  examples: ['attune profile 17850', 'attune profile ada@shop.example --by email --json'],
  run: async (args, terminal) => {
    const config = configOf(args)
    const workspace = await openWorkspace(config, chooseWorkspace(config), terminal)
    try {
      const [value = ''] = args.positionals
      const view = await workspace.profile(args.text('by') ?? 'user_id', value)
      if (view === undefined) throw cliErrors.CLI_UNKNOWN_PERSON()
      return { json: view, words: profilePage(view) }
    } finally {
      await workspace.close()
    }
  },
}
