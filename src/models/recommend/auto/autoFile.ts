import { isJsonObject } from '../../../base/index.ts'
import { modelErrors } from '../../errors.ts'
import { loadTrees } from '../../predict/trees.ts'
import { SectionReader } from '../savedState.ts'
import { openTableModel } from '../tableModel.ts'
import { AutoModel, type AutoHead } from './autoModel.ts'

/** Raised when the saved form changes. */
export const AUTO_FORMAT = 1

/** @throws MODELS_CORRUPT_STATE */
export function loadAuto(sections: readonly Uint8Array[]): AutoModel {
  const reader = new SectionReader(sections)
  const head: unknown = JSON.parse(new TextDecoder().decode(reader.bytes()))
  if (!isAutoHead(head)) throw modelErrors.MODELS_CORRUPT_STATE('no head of an automatic model')
  const members = head.weights.map((weight) => ({ ...openTableModel(reader.bytes()), weight }))
  if (!head.ranker) return new AutoModel(head.items, members, head.settings, undefined)
  const figures = { popularity: reader.float32(), recent: reader.float32() }
  const trees = loadTrees(sections.slice(1 + members.length + 2))
  return new AutoModel(head.items, members, head.settings, { trees, figures })
}

function isAutoHead(value: unknown): value is AutoHead {
  return (
    isJsonObject(value) &&
    typeof value['items'] === 'number' &&
    typeof value['ranker'] === 'boolean' &&
    isJsonObject(value['settings']) &&
    Array.isArray(value['weights'])
  )
}
