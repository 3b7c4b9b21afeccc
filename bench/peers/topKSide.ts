import { readFileSync } from 'node:fs'
import { TopKSearch } from '../../src/math/index.ts'
import { type Reply, serve, timed } from './side.ts'

let search: TopKSearch | undefined
let queries = new Float32Array(0)
let dimensions = 0

async function load({ path, threads, ...sizes }: Reply): Promise<Reply> {
  await search?.close()
  dimensions = Number(sizes['dimensions'])
  const first = Number(sizes['queries']) * dimensions
  const { buffer } = readFileSync(String(path))
  const rows = new Float32Array(buffer)
  queries = rows.slice(0, first)
  search = new TopKSearch(rows.subarray(first), dimensions, {
    bytes: true,
    threads: Number(threads),
  })
  return {}
}

async function ask({ k, first, count, fast }: Reply): Promise<Reply> {
  const given = search
  if (given === undefined) throw new Error('nothing was loaded')
  const found: number[][] = []
  const times = await timed(() => {
    for (let q = Number(first); q < Number(first) + Number(count); q++) {
      const query = queries.subarray(q * dimensions, (q + 1) * dimensions)
      const { ids } =
        fast === true ? given.searchFast(query, Number(k)) : given.search(query, Number(k))
      found.push([...ids])
    }
  })
  return { ...times, found }
}

await serve({ load, search: ask })
