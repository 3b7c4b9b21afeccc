import { modelErrors } from '../errors.ts'
import { type ModelLabel, openModel, sealModel } from './modelEnvelope.ts'
import type { Parameters, Recommender } from './recommender.ts'
import { parametersOf, recommenderKind } from './recommenders.ts'

/** A recommender and the parameters that it was fitted with. */
export interface FittedModel {
  readonly recommender: Recommender
  readonly parameters: Parameters
}

/** A fitted recommender of the table as bytes. */
export function sealTableModel({ recommender, parameters }: FittedModel): Uint8Array {
  const { name } = recommender
  const { format } = recommenderKind(name)
  return sealModel({ name, format, parameters }, recommender.save())
}

/** @throws MODELS_CORRUPT_STATE */
export function openTableModel(file: Uint8Array): FittedModel {
  const { label, sections } = openModel(file)
  return loadTableModel(label, sections)
}

/** @throws MODELS_CORRUPT_STATE for a form that this version does not read */
export function loadTableModel(label: ModelLabel, sections: readonly Uint8Array[]): FittedModel {
  const kind = recommenderKind(label.name)
  checkFormat(label, kind.format)
  const parameters = parametersOf(kind, label.parameters)
  return { recommender: kind.load(sections, parameters), parameters }
}

/** @throws MODELS_CORRUPT_STATE */
export function checkFormat({ name, format }: ModelLabel, known: number): void {
  if (format === known) return
  const detail = `${name} of format ${format}; this version reads ${known}`
  throw modelErrors.MODELS_CORRUPT_STATE(detail)
}
