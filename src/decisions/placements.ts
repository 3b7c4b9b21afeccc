import type { StatePut, StateStore } from '../store/index.ts'
import { suggestion } from './closest.ts'
import { compilePlacement, type CompiledPlacement } from './compiledPlacement.ts'
import { defaultPlacements } from './defaultPlacements.ts'
import { decisionErrors } from './errors.ts'
import { parsePlacement, type Placement } from './placement.ts'

const KIND = 'placement'
const PAGE = 500

/**
 * All placements with all their versions, in memory; one state row per version. A version never
 * changes, so a logged decision can always be read with the document that made it.
 */
export class Placements {
  readonly #versions = new Map<string, Placement[]>()
  readonly #compiled = new Map<string, CompiledPlacement>()
  #changed: Placement[] = []

  private constructor() {
    for (const placement of defaultPlacements) this.#keep(placement)
  }

  /** @throws DECISIONS_INVALID_PLACEMENT for a stored document that no longer fits the schema */
  static async open(state: StateStore): Promise<Placements> {
    const placements = new Placements()
    for (let after = ''; ;) {
      const rows = await state.scan(KIND, after, PAGE)
      for (const { value } of rows) placements.#keep(readRow(value))
      const last = rows.at(-1)
      if (last === undefined) return placements
      after = last.id
    }
  }

  /** The newest version, or the one asked for. */
  get(id: string, version?: number): Placement | undefined {
    const versions = this.#versions.get(id)
    return version === undefined
      ? versions?.at(-1)
      : versions?.find((placement) => placement.version === version)
  }

  /** Newest version of each, by id. */
  list(): readonly Placement[] {
    const newest = [...this.#versions.values()].flatMap((versions) => versions.at(-1) ?? [])
    return newest.sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** @throws DECISIONS_UNKNOWN_PLACEMENT naming the closest id */
  compiled(id: string): CompiledPlacement {
    const found = this.#compiled.get(id)
    if (found !== undefined) return found
    const hint = suggestion(id, this.#versions.keys())
    throw decisionErrors.DECISIONS_UNKNOWN_PLACEMENT(
      `There is no placement ${JSON.stringify(id.slice(0, 64))}.${hint}`,
    )
  }

  /**
   * Adds the next version of a placement.
   * @param at time of the change, milliseconds
   * @throws DECISIONS_INVALID_PLACEMENT, DECISIONS_INVALID_CONDITION
   */
  put(raw: unknown, at: number): Placement {
    const parsed = parsePlacement(raw)
    const version = (this.get(parsed.id)?.version ?? 0) + 1
    const placement = { ...parsed, version, updatedAt: at }
    this.#keep(placement)
    this.#changed.push(placement)
    return placement
  }

  /** Rows since the last call. */
  drain(): StatePut[] {
    const puts = this.#changed.map((placement) => ({
      kind: KIND,
      id: rowId(placement),
      value: new TextEncoder().encode(JSON.stringify(placement)),
    }))
    this.#changed = []
    return puts
  }

  #keep(placement: Placement): void {
    const versions = this.#versions.get(placement.id) ?? []
    versions.push(placement)
    this.#versions.set(placement.id, versions)
    this.#compiled.set(placement.id, compilePlacement(placement))
  }
}

function rowId({ id, version }: Placement): string {
  return `${id}/${String(version).padStart(8, '0')}`
}

function readRow(value: Uint8Array): Placement {
  const raw = JSON.parse(new TextDecoder().decode(value)) as Placement
  return { ...parsePlacement(raw), version: raw.version, updatedAt: raw.updatedAt }
}
