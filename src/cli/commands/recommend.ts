import type { JsonObject } from '../../base/index.ts'
import { chooseWorkspace } from '../chooseWorkspace.ts'
import { type Arguments, type Command, WORKSPACE_OPTION } from '../command.ts'
import { configOf } from '../configOf.ts'
import { cliErrors } from '../errors.ts'
import { openWorkspace } from '../openWorkspace.ts'
import { listIn, objectIn, textIn } from '../jsonReading.ts'

export const recommendCommand: Command = {
  positionals: '<userId>',
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    workspace: WORKSPACE_OPTION,
    placement: { kind: 'text', short: 'p', value: 'ID', about: 'placement (default home-for-you)' },
    n: { kind: 'number', short: 'n', value: 'N', about: 'how many items (default 10)' },
    by: { kind: 'text', value: 'TYPE', about: 'type of the identifier (default user_id)' },
    item: {
      kind: 'text',
      value: 'ID',
      about: 'item that the person looks at, for product placements',
    },
  },
  examples: [
    'attune recommend 17850 --workspace retail',
    'attune recommend 17850 --placement product-similar --item 85123A -n 5 --json',
  ],
  run: async (args, terminal) => {
    const config = configOf(args)
    const workspace = await openWorkspace(config, chooseWorkspace(config), terminal)
    try {
      const decision = await workspace.decide(requestOf(args))
      return { json: decision, words: inWords(decision) }
    } finally {
      await workspace.close()
    }
  },
}

function requestOf(args: Arguments): JsonObject {
  const n = args.number('n') ?? 10
  if (!Number.isInteger(n) || n < 1)
    throw cliErrors.CLI_BAD_ARGUMENT('-n must be a whole number, 1 or more')
  const item = args.text('item')
  return {
    identifiers: [{ type: args.text('by') ?? 'user_id', value: args.positionals[0] ?? '' }],
    placements: [{ id: args.text('placement') ?? 'home-for-you', n }],
    ...(item === undefined ? {} : { context: { item } }),
    include: ['item', 'parts'],
    // Asking from a terminal shows nobody anything: it must not count as shown.
    dryRun: true,
  }
}

function inWords(decision: JsonObject): string {
  const person = objectIn(decision['person'])['known'] === true ? 'known' : 'unknown'
  const placements = Object.entries(objectIn(decision['placements']))
  return placements.map(([id, placement]) => slotWords(id, person, objectIn(placement))).join('\n')
}

function slotWords(id: string, person: string, slot: JsonObject): string {
  const title = `${id} (version ${textIn(slot['version'])}), person ${person}`
  const items = listIn(slot['items']).map((item, i) => itemLine(objectIn(item), i))
  return [title, ...items, ...remarks(slot)].join('\n')
}

function itemLine(item: JsonObject, i: number): string {
  const title = objectIn(item['item'])['title']
  const score = Number(item['score']).toPrecision(3)
  const reason = objectIn(listIn(item['reasons'])[0])['text']
  const parts = [textIn(item['id']), title, score, reason].filter((part) => part !== undefined)
  return `${String(i + 1).padStart(3)}. ${parts.map(textIn).join('  ·  ')}`
}

function remarks(placement: JsonObject): readonly string[] {
  const fallback = objectIn(placement['fallback'])
  const used =
    fallback['used'] === undefined
      ? []
      : [`  filled from ${textIn(fallback['used'])}: ${textIn(fallback['why'])}`]
  return placement['short'] === undefined ? used : [...used, `  ${textIn(placement['short'])}`]
}
