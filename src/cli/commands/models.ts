import type { JsonObject } from '../../base/index.ts'
import { chooseWorkspace } from '../chooseWorkspace.ts'
import { type Arguments, type Command, WORKSPACE_OPTION } from '../command.ts'
import { configOf } from '../configOf.ts'
import { cliErrors } from '../errors.ts'
import { listIn, objectIn, textIn } from '../jsonReading.ts'
import { openWorkspace, type OpenWorkspace } from '../openWorkspace.ts'

export const modelsCommand: Command = {
  positionals: '[list | promote <version> | rollback]',
  minPositionals: 0,
  maxPositionals: 2,
  options: { workspace: WORKSPACE_OPTION },
  examples: [
    'attune models',
    'attune models promote v3',
    'attune models rollback --workspace shop',
  ],
  run: async (args, terminal) => {
    const act = actionOf(args)
    const config = configOf(args)
    const workspace = await openWorkspace(config, chooseWorkspace(config), terminal)
    try {
      const models = await act(workspace)
      return { json: models, words: inWords(models) }
    } finally {
      await workspace.close()
    }
  },
}

function actionOf(args: Arguments): (workspace: OpenWorkspace) => Promise<JsonObject> {
  const [action = 'list', version] = args.positionals
  if (action === 'list' && version === undefined) return (workspace) => workspace.models()
  if (action === 'rollback' && version === undefined)
    return (workspace) => workspace.rollBackModel()
  if (action === 'promote' && version !== undefined) {
    return (workspace) => workspace.promoteModel(version)
  }
  throw cliErrors.CLI_BAD_ARGUMENT('write `attune models list`, `promote <version>` or `rollback`')
}

function inWords(models: JsonObject): string {
  const serving = models['serving'] === null ? undefined : objectIn(models['serving'])
  const version = textIn(serving?.['version'])
  const versions = listIn(models['versions']).map(objectIn)
  const served =
    serving === undefined
      ? 'No model is served: the live counts decide alone.'
      : `${version} is served: ${textIn(serving['model'])}, weight ${textIn(serving['weight'])} beside the live counts.`
  return [
    served,
    ...(models['trouble'] === null ? [] : [`Trouble: ${textIn(models['trouble'])}`]),
    ...trainingInWords(objectIn(models['training'])),
    ...(versions.length === 0 ? ['Nothing was trained yet; `attune train` does it.'] : []),
    ...versions.map((manifest) =>
      versionLine(manifest, manifest['version'] === serving?.['version']),
    ),
  ].join('\n')
}

function trainingInWords({ running, step }: JsonObject): readonly string[] {
  return running === true ? [`A training is under way: ${textIn(step)}`] : []
}

function versionLine(manifest: JsonObject, isServed: boolean): string {
  const judgement = objectIn(manifest['judgement'])
  const ndcg = (of: string): string => Number(objectIn(judgement[of])['ndcg']).toFixed(4)
  const made = new Date(Number(manifest['createdAt'])).toISOString().slice(0, 16).replace('T', ' ')
  const name = textIn(manifest['model'])
  const { events } = objectIn(manifest['data'])
  return `${isServed ? '*' : ' '} ${textIn(manifest['version']).padEnd(5)} ${name.padEnd(18)} ndcg@10 ${ndcg('blend')} (live counts ${ndcg('live')})  ${textIn(events)} events  ${made}`
}
