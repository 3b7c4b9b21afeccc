/** One file asking for another; both paths relative to the root of the repository. */
export interface Import {
  readonly from: string
  readonly to: string
}

export interface Domain {
  readonly floor: number
  readonly may: ReadonlySet<string>
}

/** Reads the table of domains out of ARCHITECTURE.md. @throws when a row cannot be read */
export function readImportTable(markdown: string): ReadonlyMap<string, Domain> {
  const part = /<!-- imports:begin -->([\s\S]*?)<!-- imports:end -->/.exec(markdown)?.[1]
  if (part === undefined) throw new Error('ARCHITECTURE.md has no table between the imports marks')
  const rows = part
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()))
  return new Map(
    rows.map(([, name = '', floor = '', may = '']) => {
      if (!/^[a-z]+$/.test(name) || !/^\d+$/.test(floor))
        throw new Error(`bad row of domain "${name}"`)
      return [name, { floor: Number(floor), may: new Set(may.split(' ').filter(Boolean)) }]
    }),
  )
}

/** Rows that allow an import of an unknown domain or of one that is not on a lower floor. */
export function tableFaults(table: ReadonlyMap<string, Domain>): readonly string[] {
  return [...table].flatMap(([name, { floor, may }]) =>
    [...may]
      .filter((other) => (table.get(other)?.floor ?? Infinity) >= floor)
      .map((other) => `${name} (floor ${floor}) may not list ${other}`),
  )
}

function domainOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

function faultOf({ from, to }: Import, table: ReadonlyMap<string, Domain>): string | undefined {
  const [source, target] = [domainOf(from), domainOf(to)]
  if (from.startsWith('console/')) {
    return to.startsWith('console/') ? undefined : 'the console reaches the engine by HTTP only'
  }
  if (source === undefined || source === target) return undefined
  if (target === undefined) return 'a domain imports nothing outside src/'
  if (!(table.get(source)?.may.has(target) ?? false)) return `${source} may not import ${target}`
  return to === `src/${target}/index.ts` ? undefined : `only src/${target}/index.ts may be imported`
}

/** Imports that the table does not allow, in words. */
export function importFaults(
  imports: readonly Import[],
  table: ReadonlyMap<string, Domain>,
): readonly string[] {
  return imports.flatMap((edge) => {
    const fault = faultOf(edge, table)
    return fault === undefined ? [] : [`${edge.from} → ${edge.to}: ${fault}`]
  })
}

function graphOf(imports: readonly Import[]): ReadonlyMap<string, readonly string[]> {
  const graph = new Map<string, string[]>()
  for (const { from, to } of imports) {
    const known = graph.get(from)
    if (known === undefined) graph.set(from, [to])
    else known.push(to)
  }
  return graph
}

/** Rings of files that import each other, each written once as `a → b → a`. */
export function cycles(imports: readonly Import[]): readonly string[] {
  const graph = graphOf(imports)
  const done = new Set<string>()
  const trail: string[] = []
  const found: string[] = []
  const visit = (file: string): void => {
    const start = trail.indexOf(file)
    if (start !== -1) found.push([...trail.slice(start), file].join(' → '))
    if (start !== -1 || done.has(file)) return
    trail.push(file)
    graph.get(file)?.forEach(visit)
    trail.pop()
    done.add(file)
  }
  for (const file of graph.keys()) visit(file)
  return found
}
