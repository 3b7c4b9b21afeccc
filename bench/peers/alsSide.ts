import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { AlsFactorization } from '../../src/math/kernels/als.ts'
import { readHead } from './seededMatrix.ts'
import { type Reply, serve, timed } from './side.ts'

const PART = 2 ** 16

/** Entries of the longest row or column, found in parts of the file so that no copy of it is held. */
function longestOf(path: string, people: number, items: number, entries: number): number {
  const counts = new Int32Array(items)
  const file = openSync(path, 'r')
  let longest = 0
  const start = new Int32Array(people + 1)
  readSync(file, start, 0, start.byteLength, 16)
  for (let p = 0; p < people; p++) {
    longest = Math.max(longest, (start[p + 1] as number) - (start[p] as number))
  }
  const part = new Int32Array(PART)
  for (let from = 0; from < entries; from += PART) {
    const length = Math.min(PART, entries - from)
    readSync(file, part, 0, 4 * length, 16 + start.byteLength + 4 * from)
    for (let k = 0; k < length; k++) {
      const item = part[k] as number
      counts[item] = (counts[item] as number) + 1
    }
  }
  closeSync(file)
  return counts.reduce((most, count) => Math.max(most, count), longest)
}

let als: AlsFactorization | undefined
let factors = { people: new Float32Array(0), items: new Float32Array(0) }

async function load({ path, start, factors: width, threads }: Reply): Promise<Reply> {
  await als?.close()
  const { people, items, entries } = readHead(String(path))
  als = new AlsFactorization({
    rows: people,
    columns: items,
    entries,
    longest: longestOf(String(path), people, items, entries),
    factors: Number(width),
    weighted: true,
    threads: Number(threads),
  })
  const file = openSync(String(path), 'r')
  readSync(file, new Int32Array(4))
  readSync(file, als.byRow.start)
  readSync(file, als.byRow.index)
  if (als.byRow.value) readSync(file, als.byRow.value)
  closeSync(file)
  const given = openSync(String(start), 'r')
  factors = {
    people: new Float32Array(people * Number(width)),
    items: new Float32Array(items * Number(width)),
  }
  readSync(given, factors.people)
  readSync(given, factors.items)
  closeSync(given)
  return {}
}

/** From the matrix by rows to fitted factors: sorting by column and the sweeps, as implicit's fit does. */
async function fit({ regularization, cg, iterations }: Reply): Promise<Reply> {
  const { rowFactors, columnFactors, rowPenalty, columnPenalty } = loaded()
  rowFactors.set(factors.people)
  columnFactors.set(factors.items)
  rowPenalty.fill(Number(regularization))
  columnPenalty.fill(Number(regularization))
  return timed(() => {
    loaded().transpose()
    for (let k = 0; k < Number(iterations); k++) {
      loaded().sweep({ unobserved: 1, shift: 1, steps: cg === true ? 3 : 0 })
    }
  })
}

function loaded(): AlsFactorization {
  if (als === undefined) throw new Error('load comes first')
  return als
}

function write({ people, items }: Reply): Reply {
  writeFileSync(String(people), loaded().rowFactors)
  writeFileSync(String(items), loaded().columnFactors)
  return {}
}

await serve({ load, fit, write })
