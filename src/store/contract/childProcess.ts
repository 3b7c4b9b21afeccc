import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('./writerProcess.ts', import.meta.url))

/** What the writing process is to do: see writerProcess.ts. */
export type WriterTask =
  | 'log-flood'
  | 'log-sequence'
  | 'log-burst'
  | 'state-flood'
  | 'state-sequence'

/** Starts the writing process on a directory. Each line of its output acknowledges one write. */
function startWriter(
  task: WriterTask,
  engine: string,
  directory: string,
  label: string,
): ChildProcess {
  return spawn(process.execPath, [SCRIPT, task, engine, directory, label], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** Lets the process write, kills it (SIGKILL) some milliseconds after its first acknowledgement; what it acknowledged. */
export async function killWriter(
  task: WriterTask,
  engine: string,
  directory: string,
  options: { readonly label: string; readonly afterMs: number },
): Promise<string[]> {
  const child = startWriter(task, engine, directory, options.label)
  const acknowledged: string[] = []
  if (child.stdout === null) throw new Error('The writing process has no output.')
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    if (acknowledged.push(line) === 1) setTimeout(() => child.kill('SIGKILL'), options.afterMs)
  })
  await Promise.all([once(child, 'exit'), once(lines, 'close')])
  return acknowledged
}

/** What a task acknowledged, and what it synced for that. */
export interface SyncCount {
  readonly writes: number
  /** Calls of fsync and fdatasync on files of the directory. */
  readonly syncs: number
  /** Acknowledgements without such a call since the one before. */
  readonly unsynced: number
}

/** Counts the syncs of a task with strace, or tells why they cannot be counted. */
export function countSyncs(
  task: WriterTask,
  engine: string,
  directory: string,
): SyncCount | { readonly reason: string } {
  const probe = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], { encoding: 'utf8' })
  if (probe.error !== undefined) return { reason: 'strace is not installed' }
  if (probe.status !== 0) return { reason: `strace may not trace: ${probe.stderr.trim()}` }
  const trace = ['-f', '-y', '-qq', '-e', 'trace=fsync,fdatasync,write', '-e', 'signal=none']
  const run = spawnSync(
    'strace',
    [...trace, process.execPath, SCRIPT, task, engine, directory, 'a'],
    { encoding: 'utf8', maxBuffer: 64 << 20 },
  )
  if (run.status !== 0) throw new Error(`The writing process failed: ${run.stderr}`)
  return readTrace(run.stderr, directory)
}

function readTrace(trace: string, directory: string): SyncCount {
  let [writes, syncs, unsynced, before] = [0, 0, 0, 0]
  for (const line of trace.split('\n')) {
    if (/\bf(?:data)?sync\(/.test(line) && line.includes(directory)) syncs++
    if (!/\bwrite\(1</.test(line)) continue
    writes++
    if (syncs === before) unsynced++
    before = syncs
  }
  return { writes, syncs, unsynced }
}
