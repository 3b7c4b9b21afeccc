import { setFlagsFromString } from 'node:v8'
import { type Config, type Logger, openLog } from '../../app/index.ts'
import {
  type AttuneServer,
  openServer,
  readRuntimeFile,
  removeRuntimeFile,
  requireFreePort,
  writeRuntimeFile,
} from '../../server/index.ts'
import { type Arguments, type Command, WORKSPACE_OPTION } from '../command.ts'
import { configOf } from '../configOf.ts'
import { makeDataDirectory } from '../dataDirectory.ts'
import { cliErrors } from '../errors.ts'
import { type Hosted, hostWorkspaces, type Subject, subjectOf } from '../hostWorkspaces.ts'
import { CONSOLE_DIRECTORY, installedVersion } from '../installation.ts'
import { stopSignal } from '../stopSignal.ts'
import type { Terminal } from '../terminal.ts'

export const startCommand: Command = {
  positionals: '',
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    workspace: {
      ...WORKSPACE_OPTION,
      about: 'workspace to make when it is missing (default: default, or demo)',
    },
    port: {
      kind: 'number',
      short: 'p',
      value: 'N',
      about: 'port (default 4747; 0 picks a free one)',
    },
    host: { kind: 'text', value: 'ADDRESS', about: 'address to listen on (default 127.0.0.1)' },
    demo: { kind: 'switch', about: 'a simulated shop with people and live traffic' },
    'ready-json': { kind: 'switch', about: 'print one line of JSON once the server serves' },
    'log-level': {
      kind: 'text',
      value: 'LEVEL',
      about: 'error, warn (default), info, debug, silent',
    },
  },
  examples: [
    'attune start --demo',
    'attune start --data /srv/attune --port 8080 --workspace shop',
    'attune start --port 0 --ready-json',
  ],
  run: async (args, terminal) => {
    await start(args, terminal)
    return undefined
  },
}

/**
 * How the garbage collector is to treat the thread that answers. It may use one thread beside ours: its default, up to seven,
 * leaves us a fraction of two cores for a fifth of a second at a time. And a collection of the old space begins when room runs
 * out: by default it begins when less is left than the young space takes (64 MB under load), after every 7 MB or 2 to 3 seconds,
 * instead of every half minute.
 */
const COLLECTOR = '--concurrent-marking-max-worker-num=1 --incremental-marking-soft-trigger=20'

async function start(args: Arguments, terminal: Terminal): Promise<void> {
  setFlagsFromString(COLLECTOR)
  const config = configOf(args)
  const log = openLog(config.logLevel)
  const stopped = stopSignal()
  process.on('uncaughtException', (error) => {
    // Node would print the error's text, which may quote what a person sent.
    log.fatal({ err: error }, 'stopped by an unexpected error')
    process.exit(70)
  })
  makeDataDirectory(config.data)
  await refuseSecondStart(config)
  const subject = subjectOf(config, args.on('demo'))
  const hosted = await hostWorkspaces({
    config,
    log,
    terminal,
    demo: args.on('demo') ? subject.name : undefined,
    onProgress: (share) => showProgress(terminal, share),
  })
  try {
    await serve({ args, terminal, config, log, subject, hosted, stopped })
  } finally {
    await hosted.close()
  }
}

interface Start {
  readonly args: Arguments
  readonly terminal: Terminal
  readonly config: Config
  readonly log: Logger
  readonly subject: Subject
  readonly hosted: Hosted
  readonly stopped: Promise<NodeJS.Signals>
}

async function serve(begun: Start): Promise<void> {
  const { config, log, hosted, stopped, terminal } = begun
  const server = await openServer({
    config,
    log,
    tenants: hosted.tenants,
    version: installedVersion(),
    consoleDirectory: CONSOLE_DIRECTORY,
  })
  try {
    const { url, localUrl } = await server.listen()
    announce(begun, server, url, localUrl)
    await stopped
    terminal.say('Stopping: finishing what is under way (once more to stop at once) …')
  } finally {
    removeRuntimeFile(config.data, process.pid)
    await server.close()
  }
}

async function refuseSecondStart(config: Config): Promise<void> {
  const running = readRuntimeFile(config.data)
  if (running !== undefined) {
    throw cliErrors.CLI_ALREADY_RUNNING(
      `process ${running.pid} serves ${config.data} at ${running.url}`,
    )
  }
  await requireFreePort(config.host, config.port)
}

function announce(
  { args, terminal, config, hosted, subject }: Start,
  server: AttuneServer,
  url: string,
  localUrl: string,
): void {
  writeRuntimeFile(config.data, {
    pid: process.pid,
    url: localUrl,
    adminToken: server.adminToken,
    startedAt: Date.now(),
    workspaces: hosted.tenants.map(({ engine }) => engine.name),
  })
  const ready = {
    url,
    workspace: subject.name,
    writeKey: subject.keys?.writeKey ?? null,
    secretKey: subject.keys?.secretKey ?? null,
    consoleUrl: `${url}/`,
  }
  if (args.on('ready-json') || args.on('json')) terminal.line(JSON.stringify(ready))
  else terminal.line(welcome(ready, config, hosted.tenants.length, args.on('demo')))
}

interface Ready {
  readonly url: string
  readonly workspace: string
  readonly writeKey: string | null
  readonly secretKey: string | null
  readonly consoleUrl: string
}

function welcome(ready: Ready, config: Config, workspaces: number, demo: boolean): string {
  const shown =
    ready.writeKey === null
      ? '  Keys        shown when they were made; `attune keys rotate --role secret` (or write) makes new ones'
      : `  Write key   ${ready.writeKey}   (sends events; may stand in a page)
  Secret key  ${String(ready.secretKey)}   (everything; stays on servers)
              Stored hashed: this is the only time that they are shown.`
  const simulated = demo ? '\n  Demo        shop, people and traffic are simulated' : ''
  return `Attune is running.

  Console     ${ready.consoleUrl}
  API         ${ready.url}/docs
  Workspace   ${ready.workspace}${workspaces > 1 ? ` (and ${workspaces - 1} more)` : ''}
${shown}
  Data        ${config.data}${simulated}

Stop with Ctrl-C.`
}

function showProgress(terminal: Terminal, share: number): void {
  if (!terminal.watched) return
  const filled = Math.round(share * 30)
  const bar = '█'.repeat(filled) + '░'.repeat(30 - filled)
  terminal.redraw(
    share >= 1 ? '' : `Simulating the demo’s past ${bar} ${Math.round(share * 100)} %`,
  )
}
