import { type Section, SectionReader, sectionsOf } from '../../models/index.ts'
import { trainingErrors } from '../errors.ts'
import { RELATIONS, type RelationName } from '../liveModels.ts'
import { decodeSnapshot, SnapshotJob } from '../snapshot.ts'
import type { WeightedRows } from './relationBlend.ts'
import { RelationRows } from './relationRows.ts'

const FORMAT = 1

/**
 * Item → item rows of a training, in memory as typed arrays: only those relations that did better with them than with the
 * live counts alone. And what earlier orders say of the next one.
 */
export class TrainedRelations {
  readonly #rows: ReadonlyMap<RelationName, WeightedRows>
  readonly #repeat: Float32Array

  /** @param repeat by item, 0 or more; see `repeatWeights` */
  constructor(rows: ReadonlyMap<RelationName, WeightedRows>, repeat: Float32Array) {
    this.#rows = rows
    this.#repeat = repeat
  }

  /** undefined: the live counts serve this relation alone. */
  rows(name: RelationName): WeightedRows | undefined {
    return this.#rows.get(name)
  }

  /** What an earlier order with an item weighs for the next one; undefined for an item that is newer than the training. */
  repeat(item: number): number | undefined {
    return this.#repeat[item]
  }

  /** As one file with a checksum. */
  encode(): Uint8Array {
    const sections: Section[] = sectionsOf(Uint32Array.of(FORMAT), this.#repeat)
    for (const name of RELATIONS) {
      const weighted = this.#rows.get(name)
      sections.push(...sectionsOf(Float64Array.of(weighted?.weight ?? 0)))
      if (weighted !== undefined) sections.push(...weighted.rows.save())
    }
    return new SnapshotJob(sections, 0).step(Number.POSITIVE_INFINITY) ?? new Uint8Array()
  }

  /** @throws TRAINING_CORRUPT_VERSION when the bytes were changed or cut, or are of another format */
  static decode(file: Uint8Array): TrainedRelations {
    try {
      const reader = new SectionReader(decodeSnapshot(file))
      const format = reader.int32()[0]
      if (format !== FORMAT) throw new Error(`format ${format}, expected ${FORMAT}`)
      const repeat = reader.float32()
      const rows = new Map<RelationName, WeightedRows>()
      for (const name of RELATIONS) {
        const weight = reader.float64()[0] ?? 0
        if (weight > 0) rows.set(name, { weight, rows: RelationRows.load(reader) })
      }
      return new TrainedRelations(rows, repeat)
    } catch (cause) {
      throw trainingErrors.TRAINING_CORRUPT_VERSION('The relations of a version are damaged.', {
        cause,
      })
    }
  }
}
