export { type CsrMatrix, transposed } from './csrMatrix.ts'
export { AlsFactorization, alsBytes } from './kernels/als.ts'
export { BlockCholesky, solveBytes } from './kernels/blockCholesky.ts'
export { DenseAlgebra } from './kernels/denseAlgebra.ts'
export { type DenseMatrix, denseMatrix, matrixBytes, strideFor } from './kernels/denseMatrix.ts'
export { FoldIn, type FoldInRows } from './kernels/foldIn.ts'
export { blockOf, transposeOf } from './kernels/denseMatrix.ts'
export { FactorScores } from './kernels/factorScores.ts'
export { KernelMemory } from './kernels/kernelMemory.ts'
export { lagBytes, lagProducts } from './kernels/lagProducts.ts'
export { rightVectors, svdBytes } from './kernels/randomizedSvd.ts'
export { RowSums } from './kernels/rowSums.ts'
export { gramBytes, gramInto } from './kernels/sparseAlgebra.ts'
export { inverseBytes, SymmetricInverse } from './kernels/symmetricInverse.ts'
export { ItemSet } from './itemSet.ts'
export { nearestItems, type SimilarityOptions } from './kernels/itemItem.ts'
export { type NeighbourLists, sparseProduct } from './kernels/sparseProduct.ts'
export { findTreeBins, type TreeBins } from './kernels/treeBins.ts'
export {
  type GrownTree,
  MOST_TREE_ROWS,
  TreeGrower,
  treeGrowerBytes,
} from './kernels/treeGrower.ts'
export { type FlatTrees, scoreOfRow, TreeScorer } from './kernels/treeScorer.ts'
export { SparseScores, sumOf } from './sparseScores.ts'
export { TopK } from './topK.ts'
export { type FoundVectors, TopKSearch, type TopKSearchOptions } from './kernels/topKSearch.ts'
