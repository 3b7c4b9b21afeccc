import { rebuildWorkspace, workspaceDirectory } from '../../app/index.ts'
import { readRuntimeFile } from '../../server/index.ts'
import { chooseWorkspace } from '../chooseWorkspace.ts'
import { type Command, WORKSPACE_OPTION } from '../command.ts'
import { configOf } from '../configOf.ts'
import { cliErrors } from '../errors.ts'

export const rebuildCommand: Command = {
  positionals: '',
  minPositionals: 0,
  maxPositionals: 0,
  options: { workspace: WORKSPACE_OPTION },
  examples: ['attune rebuild', 'attune rebuild --workspace retail --json'],
  run: async (args, terminal) => {
    const config = configOf(args)
    const workspace = chooseWorkspace(config)
    if (readRuntimeFile(config.data)?.workspaces.includes(workspace) === true) {
      throw cliErrors.CLI_STOP_SERVER_FIRST()
    }
    terminal.say(`Replaying the event log of ${workspace} …`)
    const startedAt = performance.now()
    const troubles: unknown[] = []
    let progress = 'begins'
    const rebuilding = rebuildWorkspace(workspaceDirectory(config.data, workspace), {
      profileCacheBytes: config.profileCacheBytes,
      onTrouble: (error) => troubles.push(error),
      onProgress: (applied, total) => {
        progress = `${applied} of ${total} requests`
        if (terminal.watched) terminal.redraw(progress)
      },
    })
    const rebuilt = terminal.watched
      ? await rebuilding
      : await terminal.during(() => `Replaying ${workspace}: ${progress}`, rebuilding)
    if (terminal.watched) terminal.say('')
    if (troubles.length > 0) throw troubles[0]
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10
    return {
      json: { workspace, ...rebuilt, seconds },
      words: `Rebuilt ${workspace}: ${rebuilt.events} events, ${rebuilt.persons} people, in ${seconds} s.`,
    }
  },
}
