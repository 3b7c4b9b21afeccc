import { automatic, type RecommenderKind, recommenderKind } from '../../models/index.ts'

/** The kind of a name: one of the table, or `auto`. @throws MODELS_UNKNOWN_MODEL */
export function trainableKind(name: string): RecommenderKind {
  return name === automatic.name ? automatic : recommenderKind(name)
}
