import type { GrownTree, TreeBins } from '../../math/index.ts'
import type { TreeParameters } from './treeParameters.ts'
import { type TreeArrays, Trees } from './treeEnsemble.ts'

/** Collects grown trees and makes one ensemble of flat arrays of them. */
export class TreeBuilder {
  readonly #bins: TreeBins
  readonly #grown: GrownTree[] = []

  constructor(bins: TreeBins) {
    this.#bins = bins
  }

  get trees(): number {
    return this.#grown.length
  }

  add(tree: GrownTree): void {
    this.#grown.push(tree)
  }

  /** The ensemble of the first `trees` trees. */
  build(objective: TreeParameters['objective'], base: number, trees: number): Trees {
    const kept = this.#grown.slice(0, trees)
    const { columns } = this.#bins
    const nodes = kept.reduce((sum, tree) => sum + tree.column.length, 0)
    const leaves = kept.reduce((sum, tree) => sum + tree.value.length, 0)
    const arrays: TreeArrays = {
      columns,
      objective,
      base,
      root: new Int32Array(trees),
      column: new Int32Array(nodes),
      threshold: new Float32Array(nodes),
      missingLeft: new Uint8Array(nodes),
      left: new Int32Array(nodes),
      right: new Int32Array(nodes),
      value: new Float32Array(leaves),
      gain: new Float64Array(columns),
    }
    let node = 0
    let leaf = 0
    kept.forEach((tree, number) => {
      arrays.root[number] = tree.column.length > 0 ? node : ~leaf
      this.#append(arrays, tree, node, leaf)
      node += tree.column.length
      leaf += tree.value.length
    })
    return new Trees(arrays)
  }

  #append(arrays: TreeArrays, tree: GrownTree, node: number, leaf: number): void {
    const { bounds } = this.#bins
    const stride = bounds.length / Math.max(1, this.#bins.columns)
    const moved = (child: number): number => (child >= 0 ? child + node : child - leaf)
    arrays.column.set(tree.column, node)
    arrays.missingLeft.set(tree.missingLeft, node)
    arrays.left.set(tree.left.map(moved), node)
    arrays.right.set(tree.right.map(moved), node)
    arrays.value.set(tree.value, leaf)
    tree.column.forEach((column, k) => {
      // Above the last bin this is +Infinity: every value goes left, a missing one right.
      arrays.threshold[node + k] = bounds[column * stride + (tree.bin[k] as number) - 1] as number
      arrays.gain[column] = (arrays.gain[column] as number) + (tree.gain[k] as number)
    })
  }
}
