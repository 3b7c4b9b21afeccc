import {
  type Config,
  createWorkspace,
  listWorkspaces,
  workspaceDirectory,
} from '../../app/index.ts'
import type { JsonObject } from '../../base/index.ts'
import {
  type ImportOptions,
  type ImportProgress,
  type ImportSink,
  type ImportSummary,
  openImport,
  type RefusedRow,
  renderProgress,
  runImport,
} from '../../imports/index.ts'
import { chooseWorkspace } from '../chooseWorkspace.ts'
import { type Arguments, type Command, WORKSPACE_OPTION } from '../command.ts'
import type { Outcome } from '../outcome.ts'
import { configOf } from '../configOf.ts'
import { makeDataDirectory } from '../dataDirectory.ts'
import { cliErrors } from '../errors.ts'
import { ImportFiles } from '../importFiles.ts'
import { listIn, objectIn, textIn } from '../jsonReading.ts'
import { openWorkspace, type OpenWorkspace } from '../openWorkspace.ts'
import { stopSignal } from '../stopSignal.ts'
import type { Terminal } from '../terminal.ts'

export const importCommand: Command = {
  positionals: '<file or folder>',
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    workspace: { ...WORKSPACE_OPTION, about: 'workspace to import into; made when it is missing' },
    map: { kind: 'text', value: 'FIELD=COLUMN,…', about: 'which column holds what' },
    as: { kind: 'text', value: 'KIND', about: 'events (default) or items' },
    format: {
      kind: 'text',
      value: 'FORMAT',
      about: 'ndjson, csv, tsv or parquet (default: by file name)',
    },
    again: { kind: 'switch', about: 'begin at the first row even if the file was imported before' },
  },
  examples: [
    'attune import events.ndjson.gz',
    'attune import orders.csv --workspace shop --map user=customer,item=sku,time=date,event="Order Completed"',
    'attune import catalogue.parquet --as items --map id=sku,title=name,price=price',
    'attune import datasets/retail --workspace retail --json',
  ],
  run: runImportCommand,
}

async function runImportCommand(args: Arguments, terminal: Terminal): Promise<Outcome> {
  const config = configOf(args)
  const source = await openImport(args.positionals[0] ?? '', importOptions(args))
  for (const note of source.notes) terminal.say(note)
  makeDataDirectory(config.data)
  const target = ensureWorkspace(config)
  const files = new ImportFiles(workspaceDirectory(config.data, target.name), source.fingerprint)
  if (args.on('again')) files.forget()
  const workspace = await openWorkspace(config, target.name, terminal)
  try {
    const summary = await runImport(source, sinkOf(workspace), {
      checkpoint: files,
      deadLetter: (rows) => files.reject(rows),
      onProgress: progressTo(terminal),
      signal: abortAtStop(),
    })
    if (terminal.watched) terminal.say('')
    if (!summary.finished) throw cliErrors.CLI_IMPORT_STOPPED(`stopped after ${summary.rows} rows`)
    terminal.say('Bringing profiles up to date …')
    await terminal.during(`Bringing profiles of ${target.name} up to date`, workspace.settled())
    return outcomeOf(summary, target, files)
  } finally {
    await workspace.close()
  }
}

function importOptions(args: Arguments): ImportOptions {
  const map = args.text('map')
  const as = oneOf(args, 'as', ['events', 'items'])
  const format = oneOf(args, 'format', ['ndjson', 'csv', 'tsv', 'parquet'])
  return {
    ...(map === undefined ? {} : { map }),
    ...(as === undefined ? {} : { as }),
    ...(format === undefined ? {} : { format }),
  }
}

function oneOf<const T extends string>(
  args: Arguments,
  option: string,
  allowed: readonly T[],
): T | undefined {
  const text = args.text(option)
  const found = allowed.find((value) => value === text)
  if (text === undefined || found !== undefined) return found
  throw cliErrors.CLI_BAD_ARGUMENT(
    `--${option} must be ${allowed.join(' or ')}, not ${JSON.stringify(text)}`,
  )
}

interface Target {
  readonly name: string
  /** Set when this import made the workspace. */
  readonly keys: { readonly writeKey: string; readonly secretKey: string } | undefined
}

function ensureWorkspace(config: Config): Target {
  const names = listWorkspaces(config.data)
  const wanted = config.workspace || (names.length === 0 ? 'default' : chooseWorkspace(config))
  if (names.includes(wanted)) return { name: wanted, keys: undefined }
  return { name: wanted, keys: createWorkspace(config.data, wanted, Date.now()) }
}

function sinkOf(workspace: OpenWorkspace): ImportSink {
  return {
    messages: async ({ body }) => ({ refused: refusedIn(await workspace.collect('import', body)) }),
    items: async ({ items }) => ({ refused: refusedIn(await workspace.upsertItems({ items })) }),
  }
}

function refusedIn(answer: JsonObject): readonly RefusedRow[] {
  return listIn(answer['rejected']).map((row) => {
    const { index, code, reason } = objectIn(row)
    return { index: Number(index), code: textIn(code), reason: textIn(reason) }
  })
}

/** Between two lines where nobody watches. */
const LINE_EVERY_MS = 5_000

/** A bar that is redrawn where a person watches, else a line now and then. */
function progressTo(terminal: Terminal): (progress: ImportProgress) => void {
  let nextAt = LINE_EVERY_MS
  return (progress) => {
    const line = renderProgress(progress, { tty: terminal.watched, width: terminal.columns })
    if (terminal.watched) terminal.redraw(line)
    else if (progress.elapsedMs >= nextAt) {
      terminal.say(line)
      nextAt = progress.elapsedMs + LINE_EVERY_MS
    }
  }
}

function abortAtStop(): AbortSignal {
  const controller = new AbortController()
  void stopSignal().then(() => controller.abort())
  return controller.signal
}

const NO_ROWS = 'The file holds no rows, so nothing was imported.'

function inWords(summary: ImportSummary, workspace: string): string {
  const { rows, messages, items, resumedAtRow } = summary
  if (rows === 0) return `Warning: ${NO_ROWS}`
  if (resumedAtRow === rows) {
    return `All ${rows} rows had been imported before; --again imports them once more.`
  }
  return `Imported ${messages} messages and ${items} items into ${workspace}, out of ${rows} rows.`
}

function outcomeOf(summary: ImportSummary, { name, keys }: Target, files: ImportFiles): Outcome {
  const { rows, messages, items, rejected, resumedAtRow, elapsedMs } = summary
  const deadLetters = rejected > 0 ? files.deadLetters : null
  const json = {
    workspace: name,
    rows,
    messages,
    items,
    rejected,
    resumedAtRow,
    warning: rows === 0 ? NO_ROWS : null,
    seconds: Math.round(elapsedMs / 100) / 10,
    deadLetters,
    writeKey: keys?.writeKey ?? null,
    secretKey: keys?.secretKey ?? null,
  }
  const lines = [
    inWords(summary, name),
    ...(deadLetters === null ? [] : [`${rejected} rows could not be used: ${deadLetters}`]),
    ...(keys === undefined
      ? []
      : [
          `New workspace ${name}, keys shown once:`,
          `  write key   ${keys.writeKey}`,
          `  secret key  ${keys.secretKey}`,
        ]),
  ]
  return { json, words: lines.join('\n') }
}
