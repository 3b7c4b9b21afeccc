import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '../../base/index.ts'
import { Catalog } from '../../catalog/index.ts'
import { type Action, ACTIONS } from '../../events/index.ts'
import type { HistoryEntry, Profile, ShownList } from '../../profiles/index.ts'
import { openSqliteState, type StateStore } from '../../store/index.ts'
import {
  type KeptList,
  LiveModels,
  PersonHistory,
  type OpinionReader,
  type TrainedRelations,
} from '../../training/index.ts'
import { decide } from '../decide.ts'
import type { Decision, MadeDecision } from '../decision.ts'
import { Placements } from '../placements.ts'
import { parseDecideRequest } from '../request.ts'

export const NOW = Date.UTC(2026, 2, 1)

/** A person as deciding sees one. */
export interface Visitor {
  readonly history: HistoryEntry[]
  readonly traits: JsonObject
  readonly shown: ShownList[]
}

/** A small shop on real stores: p0 … p39, four shelves of ten, five brands, prices 0 … 39. */
export class Shop {
  readonly catalog: Catalog
  readonly placements: Placements
  readonly models = new LiveModels()
  /** A trained model, for tests that put one into service. */
  trained: { readonly reader: OpinionReader; readonly weight: number } | undefined
  /** A ranking that was kept. */
  kept: KeptList | undefined
  /** Trained item-to-item rows, for tests that put some into service. */
  relations: TrainedRelations | undefined
  /** Of the next decision. */
  decisionId = 'd1'
  #time = NOW - 3_600_000

  private constructor(catalog: Catalog, placements: Placements) {
    this.catalog = catalog
    this.placements = placements
  }

  static async open(state: StateStore): Promise<Shop> {
    const shop = new Shop(await Catalog.open(state), await Placements.open(state))
    for (let n = 0; n < 40; n++) {
      shop.catalog.upsert(
        {
          id: `p${n}`,
          title: `Product ${n}`,
          price: n,
          brand: `brand ${n % 5}`,
          categories: [`shelf ${Math.floor(n / 10)}`, `sort ${n % 3}`],
          attributes: { size: n % 2 === 0 ? 'S' : 'L' },
        },
        NOW - 1_000 * (100 - n),
      )
    }
    return shop
  }

  visitor(traits: JsonObject = {}): Visitor {
    return { history: [], traits, shown: [] }
  }

  did(visitor: Visitor, action: Action, ids: readonly string[], order?: string): void {
    this.#time += 1_000
    const done = ids.map((id) => ({
      item: this.catalog.intern(id),
      action,
      time: this.#time,
      value: 1,
      order,
    }))
    this.models.observe(done, visitor.history)
    visitor.history.push(...done)
  }

  /** Twenty people who each look around on one shelf, and buy two things of it together. */
  openDoors(): void {
    for (let k = 0; k < 20; k++) {
      const visitor = this.visitor()
      const shelf = 10 * (k % 4)
      for (let step = 0; step < 8; step++) {
        this.did(visitor, 'view', [`p${shelf + ((k + 3 * step) % 10)}`])
      }
      this.did(visitor, 'buy', [`p${shelf}`, `p${shelf + 1}`], `o${k}`)
    }
  }

  make(request: JsonObject, visitor?: Visitor): MadeDecision {
    const { trained, kept } = this
    const opinion = trained?.reader.read(new PersonHistory().read(visitor?.history ?? []))
    return decide(parseDecideRequest(request), {
      profile: visitor && profileOf(visitor),
      models: this.models,
      relations: this.relations,
      trained: trained && opinion && { opinion, weight: trained.weight },
      kept,
      catalog: this.catalog,
      placements: this.placements,
      now: NOW,
      decisionId: this.decisionId,
    })
  }

  decide(request: JsonObject, visitor?: Visitor): Decision {
    return this.make(request, visitor).decision
  }

  /** Ids in one placement. */
  ids(placement: string, request: JsonObject = {}, visitor?: Visitor): readonly string[] {
    const { placements } = this.decide({ ...request, placements: [placement] }, visitor)
    return placements[placement]?.items.map(({ id }) => id) ?? []
  }
}

function profileOf({ history, traits, shown }: Visitor): Profile {
  const bought = new Set(history.filter(({ action }) => action === 'buy').map(({ item }) => item))
  return {
    pid: '0123456789abcdef',
    identifiers: [],
    traits,
    groups: [],
    createdAt: NOW,
    seenAt: NOW,
    events: history.length,
    history,
    shown,
    bought: [...bought],
    recent: [],
    visitHistory(each) {
      for (const { item, action, time } of history.toReversed()) {
        each(item, ACTIONS.indexOf(action), time)
      }
    },
    feature: () => undefined,
  }
}

/** A state store in a directory of its own. */
export async function openScratchState(): Promise<{ state: StateStore; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'attune-decisions-'))
  const state = await openSqliteState(directory)
  return {
    state,
    async remove() {
      await state.close()
      await rm(directory, { recursive: true })
    },
  }
}
