import { setTimeout as sleep } from 'node:timers/promises'
import { AttuneError, type JsonObject } from '../../base/index.ts'
import { chooseWorkspace } from '../chooseWorkspace.ts'
import { type Arguments, type Command, WORKSPACE_OPTION } from '../command.ts'
import { configOf } from '../configOf.ts'
import { listIn, objectIn, textIn } from '../jsonReading.ts'
import { openWorkspace, type OpenWorkspace } from '../openWorkspace.ts'
import type { Outcome } from '../outcome.ts'
import type { Terminal } from '../terminal.ts'

const POLL_MS = 250

export const trainCommand: Command = {
  positionals: '',
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    workspace: WORKSPACE_OPTION,
    models: {
      kind: 'text',
      value: 'NAME,…',
      about: 'models to try (default: auto, the automatic one)',
    },
  },
  examples: ['attune train', 'attune train --workspace shop --models item-knn,ease --json'],
  run: async (args, terminal) => {
    const config = configOf(args)
    const workspace = await openWorkspace(config, chooseWorkspace(config), terminal)
    try {
      await workspace.startTraining(optionsOf(args))
      return outcomeOf(await ended(workspace, terminal))
    } finally {
      await workspace.close()
    }
  },
}

function optionsOf(args: Arguments): { readonly models?: readonly string[] } {
  const names = args
    .text('models')
    ?.split(',')
    .map((name) => name.trim())
  return names === undefined ? {} : { models: names }
}

/** Says each step as it begins; resolves with what came of the training. */
async function ended(workspace: OpenWorkspace, terminal: Terminal): Promise<JsonObject> {
  for (let said = ''; ; await sleep(POLL_MS)) {
    const training = objectIn((await workspace.models())['training'])
    if (training['running'] !== true) {
      if (terminal.watched) terminal.redraw('')
      return objectIn(training['last'])
    }
    const step = textIn(training['step'])
    if (terminal.watched) terminal.redraw(`${step} ${percent(training['done'])}`)
    else if (step !== said && step !== '') terminal.say(step)
    said = step
  }
}

function percent(done: unknown): string {
  return typeof done === 'number' && done > 0 ? `${Math.round(100 * done)} %` : ''
}

/** @throws what stopped the training */
function outcomeOf(last: JsonObject): Outcome {
  const { error, code, why, data, tried, seconds } = last
  if (typeof error === 'string') {
    const remedy = 'What was served is served on. docs/errors.md has more about the code.'
    throw new AttuneError(textIn(code), { status: 500, meaning: error, remedy }, error)
  }
  const words = [
    textIn(why),
    ...dataInWords(objectIn(data)),
    ...triedInWords(listIn(tried).map(objectIn)),
    ...howInWords(listIn(tried).map(objectIn)),
    `It took ${textIn(seconds)} s.`,
  ]
  return { json: last, words: words.join('\n') }
}

const WITHOUT_TIMES: Readonly<Record<string, string>> = {
  order: 'whose times only tell their order',
  none: 'without times and order',
}

function dataInWords({
  events,
  people,
  items,
  from,
  to,
  order,
  drawn,
}: JsonObject): readonly string[] {
  if (Number(events) === 0) return []
  const day = (time: unknown): string => new Date(Number(time)).toISOString().slice(0, 10)
  const when = WITHOUT_TIMES[textIn(order)] ?? `${day(from)} to ${day(to)}`
  return [
    `Learnt from ${textIn(events)} events of ${textIn(people)} people on ${textIn(items)} items, ${when}.`,
    ...(drawn === undefined ? [] : [drawnInWords(objectIn(drawn))]),
  ]
}

function drawnInWords({ choosing, fitting }: JsonObject): string {
  return `Memory has room for fewer: people with ${textIn(choosing)} of these events were drawn to choose by, with ${textIn(fitting)} to fit on.`
}

/** The best setting of each model, best first, then what was passed over. */
function triedInWords(tried: readonly JsonObject[]): readonly string[] {
  const best = new Map<string, JsonObject>()
  const passed = new Map<string, string>()
  for (const trial of tried) {
    const name = textIn(trial['model'])
    if (typeof trial['ndcg'] !== 'number') passed.set(name, textIn(trial['reason']))
    else if (trial['ndcg'] > Number(best.get(name)?.['ndcg'] ?? -1)) best.set(name, trial)
  }
  const ranked = [...best].sort(([, a], [, b]) => Number(b['ndcg']) - Number(a['ndcg']))
  const figure = (value: unknown): string => Number(value).toFixed(4)
  const width = Math.max(...[...best.keys(), ...passed.keys()].map((name) => name.length), 0)
  return [
    ...(ranked.length === 0 ? [] : ['ndcg@10 on the people of the choice, with the live counts:']),
    ...ranked.map(
      ([name, { ndcg, alone }]) =>
        `  ${name.padEnd(width)}  ${figure(ndcg)}  (${figure(alone)} alone)`,
    ),
    ...[...passed]
      .filter(([name]) => !best.has(name))
      .map(([name, reason]) => `  ${name.padEnd(width)}  passed over: ${reason}`),
  ]
}

/** What the automatic model chose, step by step. */
function howInWords(tried: readonly JsonObject[]): readonly string[] {
  return tried.flatMap(({ model, how }) => {
    const lines = listIn(how).map(textIn)
    return lines.length === 0
      ? []
      : [`How ${textIn(model)} chose:`, ...lines.map((line) => `  ${line}`)]
  })
}
