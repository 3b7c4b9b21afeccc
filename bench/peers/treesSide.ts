import { closeSync, openSync, readSync } from 'node:fs'
import { fitTrees, type Trees, type TreeTable } from '../../src/models/predict/trees.ts'
import { type Reply, serve, timed } from './side.ts'

let table: TreeTable | undefined
let test: TreeTable | undefined
let trees: Trees | undefined

/** Reads a table file of seededTables.ts. */
function load({ path }: Reply): Reply {
  const file = openSync(String(path), 'r')
  const [rows = 0, columns = 0, train = 0] = read(file, new Int32Array(4))
  const values = read(file, new Float32Array(rows * columns))
  const label = read(file, new Float32Array(rows))
  const weight = read(file, new Float32Array(rows))
  closeSync(file)
  const part = (from: number, to: number): TreeTable => ({
    rows: to - from,
    columns,
    values: values.subarray(from * columns, to * columns),
    label: label.subarray(from, to),
    weight: weight.subarray(from, to),
  })
  table = part(0, train)
  test = part(train, rows)
  return {}
}

function read<T extends NodeJS.ArrayBufferView>(file: number, into: T): T {
  for (let done = 0; done < into.byteLength;) {
    const got = readSync(file, into, done, into.byteLength - done, null)
    if (got === 0) throw new Error('the table file is too short')
    done += got
  }
  return into
}

async function fit({ seed, threads, task: _task, ...parameters }: Reply): Promise<Reply> {
  const given = table
  if (given === undefined) throw new Error('no table was loaded')
  return timed(() => {
    trees = fitTrees(given, parameters, { seed: Number(seed), threads: Number(threads ?? 1) })
  })
}

async function judge(): Promise<Reply> {
  if (test === undefined || trees === undefined) throw new Error('nothing was fitted')
  const { rows, values, label, weight } = test
  let loss = 0
  let total = 0
  const model = trees
  const scores = new Float32Array(rows)
  const times = await timed(() => model.scores(values, rows, scores))
  scores.forEach((score, row) => {
    const w = weight?.[row] ?? 1
    total += w
    loss +=
      w * (Math.log1p(Math.exp(-Math.abs(score))) + Math.max(score, 0) - (label[row] ?? 0) * score)
  })
  return { loss: loss / total, ...times }
}

await serve({ load, fit, judge })
