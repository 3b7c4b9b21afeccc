import { existsSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { rounded } from '../report.ts'
import { als, alsCholesky } from './als.ts'
import { inverse } from './inverse.ts'
import { items } from './items.ts'
import type { PeerOptions, PeerRow, PeerTask } from './peer.ts'
import { topK } from './topK.ts'
import { trees } from './trees.ts'

/** What is compared with libraries from PyPI. */
const TASKS: Readonly<Record<string, PeerTask>> = {
  als,
  'als-cholesky': alsCholesky,
  inverse,
  trees,
  items,
  topk: topK,
}

export const PEER_TASKS = Object.keys(TASKS)

function isMet({ ratio, bar }: PeerRow): boolean {
  return bar === undefined || ratio <= bar
}

function lineOf(row: PeerRow): string {
  const [ours, peer, ratio] = [row.ours, row.peer, row.ratio].map(rounded)
  const bar = row.bar === undefined ? '' : ` (at most ${row.bar}: ${isMet(row) ? 'met' : 'MISSED'})`
  return `  ${row.what}: ${ours} ${row.unit}, peer ${peer} ${row.unit}, ratio ${ratio}${bar}`
}

/**
 * Runs the named comparisons (`all`: every one), each printed when it is done.
 * Returns the exit code: 2 for a wrong name or a missing peer. A missed bar is a figure, not a failure.
 */
export async function peers(
  names: readonly string[],
  options: PeerOptions,
  json: boolean,
): Promise<number> {
  const chosen = names.includes('all') ? PEER_TASKS : names
  const unknown = chosen.filter((name) => TASKS[name] === undefined)
  if (chosen.length === 0 || unknown.length > 0) {
    options.say(`name some of: ${[...PEER_TASKS, 'all'].join(', ')}`)
    return 2
  }
  if (!existsSync(options.python)) {
    options.say(`there is no ${options.python}: run bench/peers/setup.sh, or name it by --python`)
    return 2
  }
  for (const name of chosen) {
    const rows = (await TASKS[name]?.(options)) ?? []
    const machine = { cores: cpus().length, cpu: cpus()[0]?.model, load: loadavg().map(rounded) }
    const met = rows.every(isMet)
    const report = { bench: `peers ${name}`, rows, met, short: options.short, ...machine }
    process.stdout.write(
      json
        ? `${JSON.stringify(report)}\n`
        : `${report.bench}${options.short ? ' (short: figures mean little)' : ''}\n${rows.map(lineOf).join('\n')}\n  machine: ${machine.cores} × ${machine.cpu}, load ${machine.load.join(' ')}\n`,
    )
  }
  return 0
}
