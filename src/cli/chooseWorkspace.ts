import { type Config, listWorkspaces, workspaceErrors } from '../app/index.ts'
import { closest } from '../base/index.ts'
import { cliErrors } from './errors.ts'

/**
 * Name of the workspace that a command acts on: the one asked for, or the only one.
 * @throws APP_WORKSPACE_UNKNOWN, CLI_NO_WORKSPACE, CLI_WHICH_WORKSPACE
 */
export function chooseWorkspace(config: Config): string {
  const names = listWorkspaces(config.data)
  if (config.workspace !== '') {
    if (names.includes(config.workspace)) return config.workspace
    const meant = closest(config.workspace, names)
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`
    throw workspaceErrors.APP_WORKSPACE_UNKNOWN(
      `${config.data} holds no workspace ${JSON.stringify(config.workspace)}${hint}`,
    )
  }
  const [only, second] = names
  if (only === undefined) throw cliErrors.CLI_NO_WORKSPACE(`${config.data} holds no workspace yet`)
  if (second !== undefined) {
    throw cliErrors.CLI_WHICH_WORKSPACE(`say which with --workspace: ${names.join(', ')}`)
  }
  return only
}
