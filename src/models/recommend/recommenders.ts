import { closest } from '../../base/index.ts'
import { modelErrors } from '../errors.ts'
import { ials, ials192, ials256, ials64 } from './factors/ials.ts'
import { ease, weightedEase } from './linear/ease.ts'
import { spectral } from './linear/spectral.ts'
import { blockAutoregression } from './linear/var.ts'
import { gfCf } from './graph/gfCf.ts'
import { linearFilter } from './graph/linearFilter.ts'
import { turboCf } from './graph/turboCf.ts'
import { itemKnn } from './neighbours/itemKnn.ts'
import { rp3beta } from './neighbours/rp3beta.ts'
import { userKnn } from './neighbours/userKnn.ts'
import { popularity } from './popularity.ts'
import type { Parameters, RecommenderKind } from './recommender.ts'
import { markov } from './sequences/markov.ts'
import { transitions } from './sequences/transitions.ts'
import { vsknn } from './sessions/vsknn.ts'
import { stan } from './sessions/stan.ts'
import { stanTransitions } from './sessions/stanTransitions.ts'
import { topFreq } from './baskets/topFreq.ts'
import { tifuKnn } from './baskets/tifuKnn.ts'
import { basketBlend } from './baskets/basketBlend.ts'
import { content } from './content/content.ts'
import { varTransitions } from './sequences/varTransitions.ts'

/** Every recommender that can be fitted, by family. A new one is a line here and a page in docs/models/. */
export const RECOMMENDERS: readonly RecommenderKind[] = [
  popularity,
  ials,
  ials64,
  ials192,
  ials256,
  ease,
  weightedEase,
  spectral,
  blockAutoregression,
  itemKnn,
  userKnn,
  rp3beta,
  turboCf,
  linearFilter,
  gfCf,
  markov,
  transitions,
  vsknn,
  stan,
  stanTransitions,
  topFreq,
  tifuKnn,
  basketBlend,
  content,
  varTransitions,
]

/** @throws MODELS_UNKNOWN_MODEL */
export function recommenderKind(name: string): RecommenderKind {
  const kind = RECOMMENDERS.find((known) => known.name === name)
  if (kind === undefined) {
    const names = RECOMMENDERS.map((known) => known.name).join(', ')
    const meant = closest(name, [...RECOMMENDERS.map((known) => known.name), 'auto'])
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`
    throw modelErrors.MODELS_UNKNOWN_MODEL(`"${name}" is none of auto, ${names}.${hint}`)
  }
  return kind
}

/**
 * The parameters of a kind: its defaults with the given changes, checked against its types and bounds.
 * @throws MODELS_BAD_PARAMETER
 */
export function parametersOf(
  kind: RecommenderKind,
  changes: Readonly<Record<string, unknown>>,
): Parameters {
  for (const [name, value] of Object.entries(changes)) {
    const usual = kind.defaults[name]
    if (usual === undefined) {
      const names = Object.keys(kind.defaults).join(', ') || 'no parameters'
      throw modelErrors.MODELS_BAD_PARAMETER(`${kind.name} has no "${name}"; it has ${names}.`)
    }
    if (typeof value !== typeof usual || Number.isNaN(value)) {
      throw modelErrors.MODELS_BAD_PARAMETER(`${kind.name}: "${name}" must be a ${typeof usual}.`)
    }
    const [least, most] = kind.bounds[name] ?? []
    if (typeof value === 'number' && (value < (least ?? value) || value > (most ?? value))) {
      throw modelErrors.MODELS_BAD_PARAMETER(
        `${kind.name}: "${name}" is ${value}; it lies between ${least} and ${most}.`,
      )
    }
  }
  return { ...kind.defaults, ...changes } as Parameters
}
