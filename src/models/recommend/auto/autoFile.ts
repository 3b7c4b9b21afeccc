import { isJsonObject } from '../../../base/index.ts'
import { modelErrors } from '../../errors.ts'
import { loadTrees } from '../../predict/trees.ts'
import { SectionReader } from '../savedState.ts'
import { openTableModel } from '../tableModel.ts'
import { type AutoChances, type AutoHead, AutoModel, type AutoRanker } from './autoModel.ts'
import type { ColumnGroup } from './columns/columnGroup.ts'
import { COLUMN_GROUPS } from './columns/columnGroups.ts'

/** Raised when the saved form changes. */
export const AUTO_FORMAT = 2

/** @throws MODELS_CORRUPT_STATE */
export function loadAuto(sections: readonly Uint8Array[]): AutoModel {
  const reader = new SectionReader(sections)
  const head: unknown = JSON.parse(new TextDecoder().decode(reader.bytes()))
  if (!isAutoHead(head)) throw modelErrors.MODELS_CORRUPT_STATE('no head of an automatic model')
  const members = head.weights.map((weight) => ({ ...openTableModel(reader.bytes()), weight }))
  const chances = head.beyond === undefined ? undefined : readChances(reader, head.beyond)
  const ranker = head.ranker === undefined ? undefined : readRanker(reader, head.ranker)
  return new AutoModel(head.items, members, head.settings, {
    ...(chances && { chances }),
    ...(ranker && { ranker }),
  })
}

function readChances(reader: SectionReader, beyond: number): AutoChances {
  const score = reader.float32()
  return { ofScore: { score, probability: reader.float32() }, beyond }
}

function readRanker(reader: SectionReader, names: readonly string[]): AutoRanker {
  const items = { popularity: reader.float32(), recent: reader.float32() }
  const groups = names.map((name) => readGroup(reader, name))
  return { figures: { items, groups }, trees: loadTrees(reader.rest()) }
}

function readGroup(reader: SectionReader, name: string): ColumnGroup {
  const kind = COLUMN_GROUPS.find((known) => known.name === name)
  if (kind === undefined)
    throw modelErrors.MODELS_CORRUPT_STATE(`columns of "${name}" are not known`)
  return kind.load(reader)
}

function isAutoHead(value: unknown): value is AutoHead {
  return (
    isJsonObject(value) &&
    typeof value['items'] === 'number' &&
    isJsonObject(value['settings']) &&
    Array.isArray(value['weights']) &&
    (value['ranker'] === undefined || Array.isArray(value['ranker'])) &&
    (value['beyond'] === undefined || typeof value['beyond'] === 'number')
  )
}
