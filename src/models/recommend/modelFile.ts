import { AutoModel } from './auto/autoModel.ts'
import { AUTO_FORMAT, loadAuto } from './auto/autoFile.ts'
import { openModel, sealModel } from './modelEnvelope.ts'
import type { Parameters, Recommender } from './recommender.ts'
import { checkFormat, type FittedModel, loadTableModel, sealTableModel } from './tableModel.ts'

/** A fitted recommender, also the automatic one, as bytes that say what they are and whether they are whole. */
export function encodeModel(recommender: Recommender, parameters: Parameters): Uint8Array {
  if (recommender instanceof AutoModel) {
    const label = { name: recommender.name, format: AUTO_FORMAT, parameters }
    return sealModel(label, recommender.save())
  }
  return sealTableModel({ recommender, parameters })
}

/**
 * The recommender of an encoded model.
 * @param verified the bytes have just been held against a checksum
 * @throws MODELS_CORRUPT_STATE when the bytes were changed or cut, or are of an unknown kind or format
 */
export function decodeModel(file: Uint8Array, verified = false): FittedModel {
  const { label, sections } = openModel(file, verified)
  if (label.name !== 'auto') return loadTableModel(label, sections)
  checkFormat(label, AUTO_FORMAT)
  return { recommender: loadAuto(sections), parameters: label.parameters }
}
