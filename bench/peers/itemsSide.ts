import { type CsrMatrix, type NeighbourLists, nearestItems } from '../../src/math/index.ts'
import { readMatrix } from './seededMatrix.ts'
import { type Reply, serve, timed } from './side.ts'

let matrix: CsrMatrix | undefined
let lists: NeighbourLists | undefined

function load({ path }: Reply): Reply {
  matrix = readMatrix(String(path))
  return {}
}

/** Cosine: the inner product of columns of length 1. The norms are part of the work, as for the peer. */
async function fit({ keep, threads }: Reply): Promise<Reply> {
  const given = matrix
  if (given === undefined) throw new Error('no matrix was loaded')
  return timed(async () => {
    const norms = new Float64Array(given.columns)
    for (let e = 0; e < given.index.length; e++) {
      const i = given.index[e] as number
      norms[i] = (norms[i] as number) + (given.value[e] as number) ** 2
    }
    lists = await nearestItems(given, {
      form: 'cosine',
      x: Float32Array.from(norms, Math.sqrt),
      keep: Number(keep),
      threads: Number(threads),
    })
  })
}

function total(): Reply {
  return { total: lists?.score.reduce((sum, score) => sum + score, 0) }
}

await serve({ load, fit, total })
